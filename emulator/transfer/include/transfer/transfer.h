/*
 * Data in and out of any DynamoDB in DynamoDB's own export form: the commands. Exit status: 0 done,
 * 1 done but for what --keep-going left out, 2 the command line or a line of the data, 3 the
 * environment (a file, a folder, the engine).
 */
#ifndef TRANSFER_TRANSFER_H
#define TRANSFER_TRANSFER_H

int command_export(int argc, char **argv);
int command_import(int argc, char **argv);

#endif
