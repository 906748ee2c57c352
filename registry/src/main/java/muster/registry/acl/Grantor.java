package muster.registry.acl;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.state.Acl;

/**
 * From a token to what it may do: its policies, those of its roles, and what its identities stand for, as far as they hold in
 * this datacenter. Links that lead nowhere give nothing. Any thread may call; texts that were read before are not read again.
 */
final class Grantor {
    private static final int MAX_REMEMBERED = 4096;

    private final String datacenter;
    private final Authorizer otherwise;
    private final Map<String, Rules> read = new ConcurrentHashMap<>();

    Grantor(String datacenter, boolean allowByDefault) {
        this.datacenter = datacenter;
        this.otherwise = allowByDefault ? Authorizer.ALLOW : Authorizer.DENY;
    }

    /** What the token is linked to, as texts. */
    TokenRights rights(Token token, Acl acl) {
        Set<String> policies = new LinkedHashSet<>(token.grants().policies());
        Set<String> texts = new LinkedHashSet<>();
        identities(token.grants(), texts);
        for (String id : token.grants().roles()) {
            acl.role(id).map(Role::grants).ifPresent(grants -> {
                policies.addAll(grants.policies());
                identities(grants, texts);
            });
        }
        for (String id : policies) {
            acl.policy(id).filter(policy -> holdsIn(policy.datacenters())).map(Policy::rules).ifPresent(texts::add);
        }
        return new TokenRights(token.accessorId(), token.legacy(), List.copyOf(texts), token.expires());
    }

    /** Who may do what these rights say. */
    Caller caller(TokenRights rights) {
        if (rights.legacy().isPresent()) {
            return new Caller(rights.accessor(), ofLegacy(rights.legacy().get()));
        }
        List<Rules> all = rights.rules().stream().map(this::rules).toList();
        return new Caller(rights.accessor(), new RuleAuthorizer(Rules.merged(all), otherwise));
    }

    private Authorizer ofLegacy(Token.Legacy legacy) {
        if (legacy.type().equals(Token.Legacy.MANAGEMENT)) {
            return Authorizer.EVERYTHING;
        }
        try {
            return new RuleAuthorizer(RuleParser.parseLegacy(legacy.rules()).rules(), otherwise);
        } catch (RulesException e) {
            return otherwise;
        }
    }

    private void identities(Grants grants, Set<String> texts) {
        for (Grants.ServiceIdentity identity : grants.serviceIdentities()) {
            if (holdsIn(identity.datacenters())) {
                texts.add(rulesOfService(identity.serviceName()));
            }
        }
        for (Grants.NodeIdentity identity : grants.nodeIdentities()) {
            if (identity.datacenter().equals(datacenter)) {
                texts.add(rulesOfNode(identity.nodeName()));
            }
        }
    }

    /** What a service identity stands for. */
    static String rulesOfService(String name) {
        return """

                service "%1$s" {
                	policy = "write"
                }
                service "%1$s-sidecar-proxy" {
                	policy = "write"
                }
                service_prefix "" {
                	policy = "read"
                }
                node_prefix "" {
                	policy = "read"
                }""".formatted(name);
    }

    /** What a node identity stands for. */
    static String rulesOfNode(String name) {
        return """

                node "%s" {
                	policy = "write"
                }
                service_prefix "" {
                	policy = "read"
                }""".formatted(name);
    }

    private boolean holdsIn(List<String> datacenters) {
        return datacenters.isEmpty() || datacenters.contains(datacenter);
    }

    private Rules rules(String text) {
        if (read.size() > MAX_REMEMBERED) {
            read.clear();
        }
        return read.computeIfAbsent(text, given -> {
            try {
                return RuleParser.parse(given).rules();
            } catch (RulesException e) {
                // Rules are read before they are stored; should a later version no longer understand some, they give nothing.
                return Rules.NONE;
            }
        });
    }
}
