package muster.registry.replication;

import java.util.List;
import java.util.Optional;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.state.AclChange;

/** A change of access control as the log holds it: what is done, and which of the rows or ids it is done with. */
record AclStep(
        String what,
        List<Token> tokens,
        List<Policy> policies,
        Optional<Role> role,
        Optional<AuthMethod> method,
        Optional<BindingRule> rule,
        List<String> ids,
        long resetIndex,
        boolean closed) {
    static AclStep of(AclChange change) {
        return switch (change) {
            case AclChange.Begin begin -> new AclStep("begin", begin.tokens(), begin.policies(), Optional.empty(), Optional.empty(),
                    Optional.empty(), List.of(), 0, begin.closed());
            case AclChange.Bootstrap bootstrap -> new AclStep("bootstrap", List.of(bootstrap.token()), List.of(), Optional.empty(),
                    Optional.empty(), Optional.empty(), List.of(), bootstrap.resetIndex(), false);
            case AclChange.PutToken put -> new AclStep("put token", List.of(put.token()), List.of(), Optional.empty(),
                    Optional.empty(), Optional.empty(), List.of(), 0, false);
            case AclChange.PutPolicy put -> new AclStep("put policy", List.of(), List.of(put.policy()), Optional.empty(),
                    Optional.empty(), Optional.empty(), List.of(), 0, false);
            case AclChange.PutRole put -> new AclStep("put role", List.of(), List.of(), Optional.of(put.role()),
                    Optional.empty(), Optional.empty(), List.of(), 0, false);
            case AclChange.PutMethod put -> new AclStep("put method", List.of(), List.of(), Optional.empty(),
                    Optional.of(put.method()), Optional.empty(), List.of(), 0, false);
            case AclChange.PutRule put -> new AclStep("put rule", List.of(), List.of(), Optional.empty(), Optional.empty(),
                    Optional.of(put.rule()), List.of(), 0, false);
            case AclChange.DeleteTokens delete -> ofIds("delete tokens", delete.accessors());
            case AclChange.DeletePolicy delete -> ofIds("delete policy", List.of(delete.id()));
            case AclChange.DeleteRole delete -> ofIds("delete role", List.of(delete.id()));
            case AclChange.DeleteMethod delete -> ofIds("delete method", List.of(delete.name()));
            case AclChange.DeleteRule delete -> ofIds("delete rule", List.of(delete.id()));
        };
    }

    private static AclStep ofIds(String what, List<String> ids) {
        return new AclStep(what, List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), ids, 0, false);
    }

    AclChange change() {
        return switch (what) {
            case "begin" -> new AclChange.Begin(policies, tokens, closed);
            case "bootstrap" -> new AclChange.Bootstrap(tokens.getFirst(), resetIndex);
            case "put token" -> new AclChange.PutToken(tokens.getFirst());
            case "put policy" -> new AclChange.PutPolicy(policies.getFirst());
            case "put role" -> new AclChange.PutRole(role.orElseThrow());
            case "put method" -> new AclChange.PutMethod(method.orElseThrow());
            case "put rule" -> new AclChange.PutRule(rule.orElseThrow());
            case "delete tokens" -> new AclChange.DeleteTokens(ids);
            case "delete policy" -> new AclChange.DeletePolicy(ids.getFirst());
            case "delete role" -> new AclChange.DeleteRole(ids.getFirst());
            case "delete method" -> new AclChange.DeleteMethod(ids.getFirst());
            case "delete rule" -> new AclChange.DeleteRule(ids.getFirst());
            default -> throw new IllegalArgumentException("a change of access control of kind \"" + what + "\" is unknown");
        };
    }
}
