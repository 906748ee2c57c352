package muster.cli;

import java.util.ArrayList;
import java.util.List;

/** Consul's commands, in one list. */
final class ConsulCommands {
    private ConsulCommands() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>(List.of(
                KvPut.COMMAND, KvGet.COMMAND, KvDelete.COMMAND, KvExport.COMMAND, KvImport.COMMAND,
                CatalogDatacenters.COMMAND, CatalogNodes.COMMAND, CatalogServices.COMMAND,
                Rtt.COMMAND, Members.COMMAND, Info.COMMAND, Maint.COMMAND, AgentMonitor.COMMAND, Reload.COMMAND, Leave.COMMAND,
                Join.COMMAND, ForceLeave.COMMAND, EventFire.COMMAND, Keygen.COMMAND, Keyring.COMMAND, Exec.COMMAND, Debug.COMMAND, Lock.COMMAND, Watch.COMMAND,
                Services.REGISTER, Services.DEREGISTER, Snapshot.SAVE, Snapshot.RESTORE, Snapshot.INSPECT,
                OperatorRaft.LIST, OperatorRaft.REMOVE, OperatorAutopilot.GET, OperatorAutopilot.SET));
        all.addAll(Elsewhere.all());
        all.addAll(AclCommands.all());
        all.addAll(MeshCommands.all());
        return all;
    }
}
