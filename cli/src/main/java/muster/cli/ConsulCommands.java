package muster.cli;

import java.util.List;

/** Consul's commands, in one list. */
final class ConsulCommands {
    private ConsulCommands() {}

    static List<Command> all() {
        return List.of(
                KvPut.COMMAND, KvGet.COMMAND, KvDelete.COMMAND, KvExport.COMMAND, KvImport.COMMAND,
                CatalogDatacenters.COMMAND, CatalogNodes.COMMAND, CatalogServices.COMMAND,
                Members.COMMAND);
    }
}
