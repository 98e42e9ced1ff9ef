/* The commands of the load generator; each answers the process's exit status. */
#ifndef LOADGEN_LOAD_H
#define LOADGEN_LOAD_H

/* squall load: argv[0] is "load". */
int command_load(int argc, char **argv);
/* squall report FILE, squall report --compare BEFORE AFTER, squall merge FILE... */
int command_report(int argc, char **argv);
int command_merge(int argc, char **argv);

#endif
