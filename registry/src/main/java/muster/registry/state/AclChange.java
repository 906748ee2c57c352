package muster.registry.state;

import java.util.List;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;

/** A change of what access control is made of. Rows come with their ids; their indexes are set where they are applied. */
public sealed interface AclChange {
    /**
     * Adds what is builtin, and nothing that is there already.
     *
     * @param closed whether one of the tokens manages, so that nobody is to get another by bootstrapping
     */
    record Begin(List<Policy> policies, List<Token> tokens, boolean closed) implements AclChange {
        public Begin {
            policies = Rows.copy(policies);
            tokens = Rows.copy(tokens);
        }
    }

    /** Adds the first management token; once, and again if the given index is the one at which it was done. */
    record Bootstrap(Token token, long resetIndex) implements AclChange {}

    /** Adds or replaces a token. */
    record PutToken(Token token) implements AclChange {}

    /** Removes tokens by accessor; missing ones are no error. */
    record DeleteTokens(List<String> accessors) implements AclChange {
        public DeleteTokens {
            accessors = Rows.copy(accessors);
        }
    }

    /** Adds or replaces a policy. */
    record PutPolicy(Policy policy) implements AclChange {}

    /** Removes a policy; links to it go with it. */
    record DeletePolicy(String id) implements AclChange {}

    /** Adds or replaces a role. */
    record PutRole(Role role) implements AclChange {}

    /** Removes a role; links to it go with it. */
    record DeleteRole(String id) implements AclChange {}

    /** Adds or replaces an auth method. */
    record PutMethod(AuthMethod method) implements AclChange {}

    /** Removes an auth method with its binding rules and the tokens that came by it. */
    record DeleteMethod(String name) implements AclChange {}

    /** Adds or replaces a binding rule. */
    record PutRule(BindingRule rule) implements AclChange {}

    /** Removes a binding rule. */
    record DeleteRule(String id) implements AclChange {}
}
