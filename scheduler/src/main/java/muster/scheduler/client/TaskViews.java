package muster.scheduler.client;

/**
 * One environment under two sets of names: the folders of a task that is isolated have others inside than on the machine.
 *
 * @param agent as the agent knows the folders, for what it does itself
 * @param task as the task knows them, for what it reads and runs
 */
record TaskViews(TaskEnvironment agent, TaskEnvironment task) {}
