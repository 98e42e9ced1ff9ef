/* squall run: a collection once through, as newman does it. */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

/* argv[0] is "run". Answers newman's exit status: 1 for any failure, 0 otherwise. */
int command_run(int argc, char **argv);

#endif
