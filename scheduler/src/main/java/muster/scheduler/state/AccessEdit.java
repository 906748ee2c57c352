package muster.scheduler.state;

import java.util.List;

/** Who may do what where: namespaces, policies, roles and tokens. Part of an {@link Edit}. */
final class AccessEdit {
    private final Touched touched;
    private Table<Namespace> namespaces;
    private Acl acl;

    AccessEdit(State from, Touched touched) {
        this.touched = touched;
        namespaces = from.namespaces();
        acl = from.acl();
    }

    Table<Namespace> namespaces() {
        return namespaces;
    }

    Acl acl() {
        return acl;
    }

    void putNamespace(Namespace namespace) {
        namespaces = namespaces.with(namespace.name(), namespace.at(touched.index, namespaces.get(namespace.name())));
        touched.topic(Topic.NAMESPACES);
    }

    void removeNamespace(String name) {
        namespaces = namespaces.without(name);
        touched.topic(Topic.NAMESPACES);
    }

    void putPolicy(AclPolicy policy) {
        AclPolicy stored = policy.at(touched.index, acl.policies().get(policy.name()));
        acl = acl.with(stored);
        tell(stored);
    }

    void removePolicy(String name) {
        AclPolicy old = acl.policies().get(name);
        if (old != null) {
            acl = acl.withoutPolicy(name);
            tell(old);
        }
    }

    private void tell(AclPolicy policy) {
        touched.topic(Topic.POLICIES);
        touched.change("ACLPolicy", policy.name(), "", List.of(), policy);
    }

    void putRole(AclRole role) {
        AclRole stored = role.at(touched.index, acl.roles().get(role.id()));
        acl = acl.with(stored);
        tell(stored);
    }

    void removeRole(String id) {
        AclRole old = acl.roles().get(id);
        if (old != null) {
            acl = acl.withoutRole(id);
            tell(old);
        }
    }

    private void tell(AclRole role) {
        touched.topic(Topic.ROLES);
        touched.change("ACLRole", role.id(), "", List.of(role.name()), role);
    }

    void putAuthMethod(AclAuthMethod method) {
        AclAuthMethod stored = method.at(touched.index, acl.authMethods().get(method.name()));
        acl = acl.with(stored);
        tell(stored);
    }

    void removeAuthMethod(String name) {
        AclAuthMethod old = acl.authMethods().get(name);
        if (old != null) {
            acl = acl.withoutAuthMethod(name);
            tell(old);
        }
    }

    /** The event tells nothing of how proofs are checked: that may hold a secret. */
    private void tell(AclAuthMethod method) {
        touched.topic(Topic.AUTH_METHODS);
        touched.change("ACLAuthMethod", method.name(), "", List.of(), new AclAuthMethod(null, method.createIndex(), method.createTime(),
                method.isDefault(), method.hash(), method.maxTokenTtl(), method.modifyIndex(), method.modifyTime(), method.name(),
                method.tokenLocality(), method.tokenNameFormat(), method.type()));
    }

    void putBindingRule(AclBindingRule rule) {
        AclBindingRule stored = rule.at(touched.index, acl.bindingRules().get(rule.id()));
        acl = acl.with(stored);
        tell(stored);
    }

    void removeBindingRule(String id) {
        AclBindingRule old = acl.bindingRules().get(id);
        if (old != null) {
            acl = acl.withoutBindingRule(id);
            tell(old);
        }
    }

    private void tell(AclBindingRule rule) {
        touched.topic(Topic.BINDING_RULES);
        touched.change("ACLBindingRule", rule.id(), "", List.of(rule.authMethod()), rule);
    }

    void putToken(AclToken token) {
        AclToken stored = token.at(touched.index, acl.tokens().get(token.accessorId()));
        acl = acl.with(stored);
        tell(stored);
    }

    void removeToken(String accessor) {
        AclToken old = acl.tokens().get(accessor);
        if (old != null) {
            acl = acl.withoutToken(accessor);
            tell(old);
        }
    }

    /** The event keeps its secret to itself. */
    private void tell(AclToken token) {
        touched.topic(Topic.TOKENS);
        touched.change("ACLToken", token.accessorId(), "", List.of(), token.withIds(token.accessorId(), ""));
    }

    void bootstrapped() {
        acl = acl.bootstrapped(touched.index);
    }

    void putOneTimeToken(OneTimeToken token) {
        acl = acl.with(token.at(touched.index));
    }

    void removeOneTimeToken(String secret) {
        acl = acl.withoutOneTimeToken(secret);
    }
}
