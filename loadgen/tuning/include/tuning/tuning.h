/* The commands around the power sweep; each answers the process's exit status. */
#ifndef TUNING_TUNING_H
#define TUNING_TUNING_H

/* squall tune: argv[0] is "tune". */
int command_tune(int argc, char **argv);
/* squall invoke */
int command_invoke(int argc, char **argv);

#endif
