/*
 * How many cores this process may use: what its CPU mask allows (taskset, cpusets), and no more
 * than its control group's quota (docker --cpus, a Kubernetes limit), rounded up.
 *
 * Source: Linux, sched_getaffinity(2); Documentation/admin-guide/cgroup-v2.rst, "cpu.max";
 * Documentation/scheduler/sched-bwc.rst, cpu.cfs_quota_us.
 */
#ifndef BASE_CORES_H
#define BASE_CORES_H

#include "base/str.h"

/* At least 1. */
size_t cores_available(void);

/* What "150000 100000" allows, a quota and its period in microseconds: 2. 0 for "max 100000", for
 * a quota of -1, and for what is no such text: no limit. */
size_t cores_of_quota(struct str text);

#endif
