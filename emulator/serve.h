/* `squall serve`: the emulator as a command. */
#ifndef EMULATOR_SERVE_H
#define EMULATOR_SERVE_H

/* Runs until SIGTERM or SIGINT; answers the exit status. */
int serve_main(int argc, char **argv);

#endif
