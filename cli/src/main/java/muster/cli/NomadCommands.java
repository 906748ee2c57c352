package muster.cli;

import java.util.ArrayList;
import java.util.List;

/** Nomad's commands, in one list. */
final class NomadCommands {
    private NomadCommands() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>(List.of(
                JobRun.COMMAND, JobPlan.COMMAND, JobValidate.COMMAND, JobStatus.COMMAND, JobStop.COMMAND, JobRestart.COMMAND, JobScale.COMMAND,
                JobScalingEvents.COMMAND, JobInspect.COMMAND, JobHistory.COMMAND, JobRevert.COMMAND, JobEval.COMMAND, JobDispatch.COMMAND,
                JobWhyNot.COMMAND, JobAllocs.COMMAND, JobDeployments.COMMAND, JobPeriodicForce.COMMAND, JobInit.COMMAND, Status.COMMAND,
                AllocStatus.COMMAND, AllocChecks.COMMAND, AllocLogs.COMMAND, AllocFs.COMMAND, AllocControl.RESTART, AllocControl.SIGNAL, AllocControl.STOP, AllocExec.COMMAND,
                NodeStatus.COMMAND, NodeEligibility.COMMAND, NodeConfig.COMMAND, NodeDrain.COMMAND, EvalStatus.COMMAND, EvalLists.LIST, EvalLists.DELETE,
                DeploymentList.COMMAND, DeploymentStatus.COMMAND, DeploymentPromote.DEPLOYMENT, DeploymentPromote.JOB,
                DeploymentControl.FAIL, DeploymentControl.PAUSE, DeploymentControl.RESUME, DeploymentControl.UNBLOCK,
                ScalingPolicies.LIST, ScalingPolicies.INFO, NativeServices.LIST, NativeServices.INFO, NativeServices.DELETE,
                AgentStats.COMMAND, OperatorCalls.METRICS, OperatorCalls.API, SchedulerDebug.COMMAND, SchedulerKeys.KEYGEN, SchedulerKeys.KEYRING,
                ServerMembers.COMMAND, SchedulerServers.JOIN, SchedulerServers.FORCE_LEAVE, SchedulerRaft.LIST, SchedulerRaft.REMOVE,
                SchedulerRaft.TRANSFER, SchedulerAutopilot.GET, SchedulerAutopilot.SET, SchedulerAutopilot.HEALTH,
                SchedulerSnapshot.SAVE, SchedulerSnapshot.RESTORE, SchedulerSnapshot.INSPECT, Fmt.COMMAND, SchedulerMonitor.COMMAND, Ui.COMMAND, SystemGc.COMMAND, SystemReconcile.COMMAND));
        all.addAll(Namespaces.all());
        all.addAll(NodePools.all());
        all.addAll(List.of(NodeMeta.APPLY, NodeMeta.READ, JobTag.APPLY, JobTag.UNSET, JobStart.COMMAND, JobAction.COMMAND));
        all.addAll(SchedulerTokens.all());
        all.addAll(SchedulerPolicies.all());
        all.addAll(SchedulerKeys.later());
        all.addAll(SchedulerAuthMethods.all());
        all.addAll(SchedulerBindingRules.all());
        all.add(SchedulerLogin.COMMAND);
        all.addAll(VariableCommands.all());
        all.addAll(Volumes.all());
        all.addAll(Enterprise.all());
        return all;
    }

    /** What the version whose commands are answered does not have under these names, and says so; as {@code muster} it is there. */
    static List<Command> later() {
        return List.of(OperatorCalls.GET_CONFIG, OperatorCalls.SET_CONFIG);
    }
}
