package muster.scheduler.state;

/** The names of commands on the wire: in the log and in the event stream. */
final class CommandNames {
    private CommandNames() {}

    /** The type of the events that a command causes. */
    static String eventType(Command command) {
        return switch (command) {
            case Command.RegisterJob c -> "JobRegistered";
            case Command.DeregisterJob c -> "JobDeregistered";
            case Command.UpdateEvaluations c -> "EvaluationUpdated";
            case Command.ApplyPlan c -> "PlanResult";
            case Command.UpdateFromClients c -> "AllocationUpdated";
            case Command.UpdateTransitions c -> "AllocationUpdateDesiredStatus";
            case Command.RegisterNode c -> "NodeRegistration";
            case Command.UpdateNodeStatus c -> "NodeEvent";
            case Command.UpdateNodeEligibility c -> "NodeEligibility";
            case Command.UpdateNodeDrain c -> "NodeDrain";
            case Command.AddNodeEvents c -> "NodeEvent";
            case Command.DeregisterNode c -> "NodeDeregistration";
            case Command.UpdateDeployment c -> "DeploymentStatusUpdate";
            case Command.PromoteDeployment c -> "DeploymentPromotion";
            case Command.SetAllocationHealth c -> "DeploymentAllocHealth";
            case Command.SetJobStability c -> "JobStability";
            case Command.TagJobVersion c -> "JobVersionTagged";
            case Command.AddScalingEvent c -> "ScalingEvent";
            case Command.SetConfiguration c -> "SchedulerConfiguration";
            case Command.SetLaunch c -> "PeriodicLaunch";
            case Command.WriteVariable c -> "VariableUpserted";
            case Command.AcquireLock c -> "VariableLockAcquired";
            case Command.RenewLock c -> "VariableLockRenewed";
            case Command.ReleaseLock c -> "VariableLockReleased";
            case Command.DeleteVariable c -> "VariableDeleted";
            case Command.UpsertNamespaces c -> "NamespaceUpserted";
            case Command.DeleteNamespaces c -> "NamespaceDeleted";
            case Command.UpsertNodePools c -> "NodePoolUpserted";
            case Command.DeleteNodePools c -> "NodePoolDeleted";
            case Command.UpsertPolicies c -> "ACLPolicyUpserted";
            case Command.DeletePolicies c -> "ACLPolicyDeleted";
            case Command.UpsertRoles c -> "ACLRoleUpserted";
            case Command.DeleteRoles c -> "ACLRoleDeleted";
            case Command.UpsertAuthMethods c -> "ACLAuthMethodUpserted";
            case Command.DeleteAuthMethods c -> "ACLAuthMethodDeleted";
            case Command.UpsertBindingRules c -> "ACLBindingRuleUpserted";
            case Command.DeleteBindingRules c -> "ACLBindingRuleDeleted";
            case Command.UpsertTokens c -> "ACLTokenUpserted";
            case Command.BootstrapAcl c -> "ACLTokenUpserted";
            case Command.DeleteTokens c -> "ACLTokenDeleted";
            case Command.CreateOneTimeToken c -> "OneTimeTokenUpserted";
            case Command.DeleteOneTimeTokens c -> "OneTimeTokenDeleted";
            case Command.RegisterServices c -> "ServiceRegistration";
            case Command.DeregisterServices c -> "ServiceDeregistration";
            case Command.Collect c -> "Collected";
            case Command.ReconcileSummaries c -> "SummariesReconciled";
            case Command.TakeLead c -> "LeaderChanged";
            case Command.OfLeader c -> eventType(c.command());
            case Command.SetAutopilot c -> "AutopilotConfiguration";
            case Command.RestorePiece c -> "Restored";
        };
    }
}
