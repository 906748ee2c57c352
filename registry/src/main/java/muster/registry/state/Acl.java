package muster.registry.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;

/**
 * What access control is made of. Immutable: while it is the same object, every decision is the same. Names do not regard
 * letter case.
 *
 * @param tokens by accessor
 * @param accessors by secret
 * @param expiring accessors by the moment at which they end
 * @param policies by id
 * @param policyIds by name
 * @param roles by id
 * @param roleIds by name
 * @param methods by name
 * @param rules by id
 * @param bootstrapped when it was last bootstrapped; 0 for never
 */
public record Acl(
        RadixTree<Token> tokens,
        RadixTree<String> accessors,
        RadixTree<String> expiring,
        RadixTree<Policy> policies,
        RadixTree<String> policyIds,
        RadixTree<Role> roles,
        RadixTree<String> roleIds,
        RadixTree<AuthMethod> methods,
        RadixTree<BindingRule> rules,
        Indexes indexes,
        long bootstrapped) {
    public static final Acl EMPTY = new Acl(RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), RadixTree.empty(),
            RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), RadixTree.empty(), RadixTree.empty(),
            new Indexes(0, 0, 0, 0, 0), 0);

    /** When each table last changed; 0 for never. */
    public record Indexes(long tokens, long policies, long roles, long methods, long rules) {}

    public Optional<Token> token(String accessor) {
        return tokens.get(accessor);
    }

    public Optional<Token> withSecret(String secret) {
        return accessors.get(secret).flatMap(tokens::get);
    }

    public Optional<Policy> policy(String id) {
        return policies.get(id);
    }

    public Optional<Policy> policyNamed(String name) {
        return policyIds.get(Rows.fold(name)).flatMap(policies::get);
    }

    public Optional<Role> role(String id) {
        return roles.get(id);
    }

    public Optional<Role> roleNamed(String name) {
        return roleIds.get(Rows.fold(name)).flatMap(roles::get);
    }

    public Optional<AuthMethod> method(String name) {
        return methods.get(Rows.fold(name));
    }

    public Optional<BindingRule> rule(String id) {
        return rules.get(id);
    }

    public List<BindingRule> rulesOf(String method) {
        return rules.all().stream().filter(rule -> rule.authMethod().equalsIgnoreCase(method)).toList();
    }

    /** Accessors of tokens that have ended, oldest first. */
    public List<String> expired(Instant now, int atMost) {
        List<String> found = new ArrayList<>();
        expiring.scan(new byte[0], accessor -> {
            boolean over = token(accessor).filter(token -> token.isExpired(now)).isPresent();
            if (over) {
                found.add(accessor);
            }
            return over && found.size() < atMost;
        });
        return found;
    }

    /** Sorts by time, in seconds: a leading zero for each digit that a later moment may have. */
    static String expiryKey(Instant end, String accessor) {
        return Rows.key(String.format("%016x", end.toEpochMilli() ^ Long.MIN_VALUE), accessor);
    }
}
