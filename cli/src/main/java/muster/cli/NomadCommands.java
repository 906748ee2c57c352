package muster.cli;

import java.util.List;

/** Nomad's commands, in one list. */
final class NomadCommands {
    private NomadCommands() {}

    static List<Command> all() {
        return List.of(
                JobRun.COMMAND, JobPlan.COMMAND, JobValidate.COMMAND, JobStatus.COMMAND, JobStop.COMMAND, JobScale.COMMAND,
                JobInspect.COMMAND, Status.COMMAND, AllocStatus.COMMAND, AllocLogs.COMMAND, AllocControl.RESTART, AllocControl.SIGNAL,
                AllocControl.STOP, NodeStatus.COMMAND, EvalStatus.COMMAND, DeploymentList.COMMAND, DeploymentStatus.COMMAND,
                DeploymentPromote.DEPLOYMENT, DeploymentPromote.JOB, ServerMembers.COMMAND, SystemGc.COMMAND);
    }
}
