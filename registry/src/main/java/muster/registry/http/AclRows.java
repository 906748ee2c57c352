package muster.registry.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.state.Acl;
import muster.wire.GoDuration;

/** What access control is made of, on the wire. Links show their names; those that lead nowhere are not shown. Pure. */
final class AclRows {
    private AclRows() {}

    /** @param withSecret whether the reader may see it */
    static Map<String, Object> token(Token token, Acl acl, boolean withSecret) {
        Map<String, Object> row = Bodies.object("AccessorID", token.accessorId(),
                "SecretID", withSecret ? token.secretId() : "<hidden>", "Description", token.description());
        grants(row, token.grants(), acl);
        token.legacy().ifPresent(legacy -> {
            row.put("Type", legacy.type());
            putUnlessEmpty(row, "Rules", legacy.rules());
        });
        end(row, token);
        row.put("CreateIndex", token.createIndex());
        row.put("ModifyIndex", token.modifyIndex());
        return row;
    }

    /** As lists show it: without its secret. */
    static Map<String, Object> tokenStub(Token token, Acl acl) {
        Map<String, Object> row = Bodies.object("AccessorID", token.accessorId(), "Description", token.description());
        grants(row, token.grants(), acl);
        end(row, token);
        row.put("CreateIndex", token.createIndex());
        row.put("ModifyIndex", token.modifyIndex());
        if (token.legacy().isPresent()) {
            row.put("Legacy", true);
        }
        return row;
    }

    private static void end(Map<String, Object> row, Token token) {
        row.put("Local", token.local());
        putUnlessEmpty(row, "AuthMethod", token.authMethod());
        token.expires().ifPresent(end -> row.put("ExpirationTime", end));
        row.put("CreateTime", token.createTime());
        row.put("Hash", token.hash());
    }

    static Map<String, Object> policy(Policy policy) {
        Map<String, Object> row = Bodies.object("ID", policy.id(), "Name", policy.name(), "Description", policy.description(),
                "Rules", policy.rules());
        putUnlessEmpty(row, "Datacenters", policy.datacenters());
        row.put("Hash", policy.hash());
        row.put("CreateIndex", policy.createIndex());
        row.put("ModifyIndex", policy.modifyIndex());
        return row;
    }

    /** As lists show it: without its rules. */
    static Map<String, Object> policyStub(Policy policy) {
        return Bodies.object("ID", policy.id(), "Name", policy.name(), "Description", policy.description(), "Datacenters",
                policy.datacenters().isEmpty() ? null : policy.datacenters(), "Hash", policy.hash(), "CreateIndex",
                policy.createIndex(), "ModifyIndex", policy.modifyIndex());
    }

    static Map<String, Object> role(Role role, Acl acl) {
        Map<String, Object> row = Bodies.object("ID", role.id(), "Name", role.name(), "Description", role.description());
        grants(row, role.grants(), acl);
        row.put("Hash", role.hash());
        row.put("CreateIndex", role.createIndex());
        row.put("ModifyIndex", role.modifyIndex());
        return row;
    }

    private static void grants(Map<String, Object> row, Grants grants, Acl acl) {
        List<Object> policies = new ArrayList<>();
        grants.policies().forEach(id -> acl.policy(id).ifPresent(
                policy -> policies.add(Bodies.object("ID", id, "Name", policy.name()))));
        putUnlessEmpty(row, "Policies", policies);
        List<Object> roles = new ArrayList<>();
        grants.roles().forEach(id -> acl.role(id).ifPresent(role -> roles.add(Bodies.object("ID", id, "Name", role.name()))));
        putUnlessEmpty(row, "Roles", roles);
        List<Object> services = new ArrayList<>();
        for (Grants.ServiceIdentity identity : grants.serviceIdentities()) {
            Map<String, Object> service = Bodies.object("ServiceName", identity.serviceName());
            putUnlessEmpty(service, "Datacenters", identity.datacenters());
            services.add(service);
        }
        putUnlessEmpty(row, "ServiceIdentities", services);
        putUnlessEmpty(row, "NodeIdentities", grants.nodeIdentities());
    }

    static Map<String, Object> method(AuthMethod method) {
        Map<String, Object> row = methodStub(method);
        Map<String, Object> whole = new LinkedHashMap<>();
        row.forEach((name, value) -> {
            if (name.equals("CreateIndex")) {
                whole.put("Config", method.config());
            }
            whole.put(name, value);
        });
        return whole;
    }

    /** As lists show it: without its configuration. */
    static Map<String, Object> methodStub(AuthMethod method) {
        Map<String, Object> row = new LinkedHashMap<>();
        if (method.maxTokenTtl().compareTo(Duration.ZERO) > 0) {
            row.put("MaxTokenTTL", GoDuration.format(method.maxTokenTtl()));
        }
        row.put("Name", method.name());
        row.put("Type", method.type());
        putUnlessEmpty(row, "DisplayName", method.displayName());
        row.put("Description", method.description());
        putUnlessEmpty(row, "TokenLocality", method.tokenLocality());
        row.put("CreateIndex", method.createIndex());
        row.put("ModifyIndex", method.modifyIndex());
        return row;
    }

    static Map<String, Object> rule(BindingRule rule) {
        return Bodies.object("ID", rule.id(), "Description", rule.description(), "AuthMethod", rule.authMethod(), "Selector",
                rule.selector(), "BindType", rule.bindType(), "BindName", rule.bindName(), "CreateIndex", rule.createIndex(),
                "ModifyIndex", rule.modifyIndex());
    }

    private static void putUnlessEmpty(Map<String, Object> row, String name, Object value) {
        if (!value.equals("") && !value.equals(List.of())) {
            row.put(name, value);
        }
    }
}
