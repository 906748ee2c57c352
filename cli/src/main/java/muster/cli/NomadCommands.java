package muster.cli;

import java.util.List;

/** Nomad's commands, in one list. */
final class NomadCommands {
    private NomadCommands() {}

    static List<Command> all() {
        return List.of(
                JobRun.COMMAND, JobPlan.COMMAND, JobValidate.COMMAND, JobStatus.COMMAND, JobStop.COMMAND, JobScale.COMMAND,
                JobScalingEvents.COMMAND, JobInspect.COMMAND, JobHistory.COMMAND, JobRevert.COMMAND, JobEval.COMMAND, JobWhyNot.COMMAND,
                JobDeployments.COMMAND, JobPeriodicForce.COMMAND, JobInit.COMMAND, Status.COMMAND,
                AllocStatus.COMMAND, AllocLogs.COMMAND, AllocFs.COMMAND, AllocExec.COMMAND, AllocControl.RESTART, AllocControl.SIGNAL, AllocControl.STOP,
                NodeStatus.COMMAND, NodeEligibility.COMMAND, EvalStatus.COMMAND,
                DeploymentList.COMMAND, DeploymentStatus.COMMAND, DeploymentPromote.DEPLOYMENT, DeploymentPromote.JOB,
                DeploymentControl.FAIL, DeploymentControl.PAUSE, DeploymentControl.RESUME,
                ServerMembers.COMMAND, SchedulerServers.JOIN, SchedulerServers.FORCE_LEAVE, SchedulerRaft.LIST, SchedulerRaft.REMOVE,
                SchedulerRaft.TRANSFER, SchedulerAutopilot.GET, SchedulerAutopilot.SET, SchedulerAutopilot.HEALTH,
                SchedulerSnapshot.SAVE, SchedulerSnapshot.RESTORE, SchedulerSnapshot.INSPECT, Ui.COMMAND, SystemGc.COMMAND);
    }
}
