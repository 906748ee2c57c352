package muster.cli;

import java.util.List;

/** The commands of config entries, intentions and the mesh, in one list. */
final class MeshCommands {
    private MeshCommands() {}

    static List<Command> all() {
        return List.of(
                ConfigWrite.COMMAND, ConfigRead.COMMAND, ConfigList.COMMAND, ConfigDelete.COMMAND,
                IntentionCreate.COMMAND, IntentionCheck.COMMAND, IntentionMatch.COMMAND, IntentionGet.COMMAND,
                IntentionDelete.COMMAND, IntentionList.COMMAND, ConnectCaGet.COMMAND, ConnectCaSet.COMMAND,
                ConnectExpose.COMMAND);
    }
}
