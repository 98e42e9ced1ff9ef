/* squall demo: argv[0] is "demo". Answers the process's exit status. */
#ifndef EMULATOR_DEMO_H
#define EMULATOR_DEMO_H

int command_demo(int argc, char **argv);

#endif
