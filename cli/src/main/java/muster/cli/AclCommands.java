package muster.cli;

import java.util.ArrayList;
import java.util.List;

/** The commands of access control, in one list. */
final class AclCommands {
    private AclCommands() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>(List.of(AclBootstrap.COMMAND, AclSetAgentToken.COMMAND, AclTranslate.COMMAND, Login.LOGIN,
                Login.LOGOUT));
        all.addAll(AclTokens.COMMANDS);
        all.addAll(AclPolicies.COMMANDS);
        all.addAll(AclRoles.COMMANDS);
        all.addAll(AclAuthMethods.COMMANDS);
        all.addAll(AclBindingRules.COMMANDS);
        return all;
    }
}
