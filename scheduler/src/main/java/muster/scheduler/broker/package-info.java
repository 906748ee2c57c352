/**
 * What a leading server does on its own: hand out evaluations, run schedulers, commit plans, watch deployments, nodes and
 * schedules, collect what is over. Not pure. Started by {@code SchedulerServer}; the {@code http} package calls it to write.
 */
package muster.scheduler.broker;
