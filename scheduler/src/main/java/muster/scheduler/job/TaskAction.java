package muster.scheduler.job;

import java.util.List;

/** A command with a name, to be run beside a task on request (job file block {@code action}). */
public record TaskAction(List<String> args, String command, String name) {
    public TaskAction {
        args = Values.list(args);
        command = Values.text(command);
        name = Values.text(name);
    }
}
