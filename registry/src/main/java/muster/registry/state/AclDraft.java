package muster.registry.state;

import java.util.List;
import java.util.Optional;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Policy;
import muster.registry.identity.Role;
import muster.registry.identity.Token;

/** Changes of access control at one index. Owned by the command that is applied. */
final class AclDraft {
    private final RadixTree.Editor<Token> tokens;
    private final RadixTree.Editor<String> accessors;
    private final RadixTree.Editor<String> expiring;
    private final RadixTree.Editor<Policy> policies;
    private final RadixTree.Editor<String> policyIds;
    private final RadixTree.Editor<Role> roles;
    private final RadixTree.Editor<String> roleIds;
    private final RadixTree.Editor<AuthMethod> methods;
    private final RadixTree.Editor<BindingRule> rules;
    private final long index;
    private final Changes.Builder changes;
    private Acl.Indexes indexes;
    private long bootstrapped;

    AclDraft(Acl from, long index, Changes.Builder changes) {
        tokens = from.tokens().edit();
        accessors = from.accessors().edit();
        expiring = from.expiring().edit();
        policies = from.policies().edit();
        policyIds = from.policyIds().edit();
        roles = from.roles().edit();
        roleIds = from.roleIds().edit();
        methods = from.methods().edit();
        rules = from.rules().edit();
        indexes = from.indexes();
        bootstrapped = from.bootstrapped();
        this.index = index;
        this.changes = changes;
    }

    Acl done() {
        return new Acl(tokens.done(), accessors.done(), expiring.done(), policies.done(), policyIds.done(), roles.done(),
                roleIds.done(), methods.done(), rules.done(), indexes, bootstrapped);
    }

    Result apply(AclChange change) {
        return switch (change) {
            case AclChange.Begin begin -> begin(begin);
            case AclChange.Bootstrap bootstrap -> bootstrap(bootstrap);
            case AclChange.PutToken put -> put(put.token());
            case AclChange.DeleteTokens delete -> {
                delete.accessors().forEach(this::deleteToken);
                yield new Result.Done();
            }
            case AclChange.PutPolicy put -> put(put.policy());
            case AclChange.DeletePolicy delete -> deletePolicy(delete.id());
            case AclChange.PutRole put -> put(put.role());
            case AclChange.DeleteRole delete -> deleteRole(delete.id());
            case AclChange.PutMethod put -> put(put.method());
            case AclChange.DeleteMethod delete -> deleteMethod(delete.name());
            case AclChange.PutRule put -> put(put.rule());
            case AclChange.DeleteRule delete -> deleteRule(delete.id());
        };
    }

    private Result begin(AclChange.Begin begin) {
        for (Policy policy : begin.policies()) {
            if (policies.get(policy.id()).isEmpty()) {
                put(policy);
            }
        }
        for (Token token : begin.tokens()) {
            if (tokens.get(token.accessorId()).isEmpty() && accessors.get(token.secretId()).isEmpty()) {
                put(token);
            }
        }
        if (begin.closed() && bootstrapped == 0) {
            bootstrapped = index;
        }
        return new Result.Done();
    }

    private Result bootstrap(AclChange.Bootstrap bootstrap) {
        if (bootstrapped != 0 && bootstrapped != bootstrap.resetIndex()) {
            return new Result.Refused("ACL bootstrap no longer allowed (reset index: " + bootstrapped + ")");
        }
        bootstrapped = index;
        return put(bootstrap.token());
    }

    private Result put(Token token) {
        Optional<Token> present = tokens.get(token.accessorId());
        if (present.isEmpty() && accessors.get(token.secretId()).isPresent()) {
            return new Result.Refused("Invalid Token: SecretID is already in use");
        }
        present.ifPresent(this::unlink);
        restore(token.at(present.map(Token::createIndex).orElse(index), index));
        tokensChanged();
        return new Result.Done();
    }

    private void unlink(Token token) {
        accessors.remove(token.secretId());
        token.expires().ifPresent(end -> expiring.remove(Acl.expiryKey(end, token.accessorId())));
    }

    private void deleteToken(String accessor) {
        tokens.get(accessor).ifPresent(token -> {
            unlink(token);
            tokens.remove(accessor);
            tokensChanged();
        });
    }

    private Result put(Policy policy) {
        Optional<String> taken = policyIds.get(Rows.fold(policy.name())).filter(id -> !id.equals(policy.id()));
        if (taken.isPresent()) {
            return new Result.Refused("Invalid Policy: A policy with name \"" + policy.name() + "\" already exists");
        }
        Optional<Policy> present = policies.get(policy.id());
        present.ifPresent(old -> policyIds.remove(Rows.fold(old.name())));
        restore(policy.at(present.map(Policy::createIndex).orElse(index), index));
        policiesChanged();
        return new Result.Done();
    }

    private Result deletePolicy(String id) {
        policies.get(id).ifPresent(policy -> {
            policies.remove(id);
            policyIds.remove(Rows.fold(policy.name()));
            policiesChanged();
        });
        return new Result.Done();
    }

    private Result put(Role role) {
        Optional<String> taken = roleIds.get(Rows.fold(role.name())).filter(id -> !id.equals(role.id()));
        if (taken.isPresent()) {
            return new Result.Refused("Invalid Role: A role with name \"" + role.name() + "\" already exists");
        }
        Optional<Role> present = roles.get(role.id());
        present.ifPresent(old -> roleIds.remove(Rows.fold(old.name())));
        restore(role.at(present.map(Role::createIndex).orElse(index), index));
        rolesChanged();
        return new Result.Done();
    }

    private Result deleteRole(String id) {
        roles.get(id).ifPresent(role -> {
            roles.remove(id);
            roleIds.remove(Rows.fold(role.name()));
            rolesChanged();
        });
        return new Result.Done();
    }

    private Result put(AuthMethod method) {
        Optional<AuthMethod> present = methods.get(Rows.fold(method.name()));
        restore(method.at(present.map(AuthMethod::createIndex).orElse(index), index));
        methodsChanged();
        return new Result.Done();
    }

    private Result deleteMethod(String name) {
        if (!methods.remove(Rows.fold(name))) {
            return new Result.Done();
        }
        methodsChanged();
        for (BindingRule rule : rules.under("")) {
            if (rule.authMethod().equalsIgnoreCase(name)) {
                deleteRule(rule.id());
            }
        }
        List<Token> all = tokens.under("");
        all.stream().filter(token -> token.authMethod().equalsIgnoreCase(name)).forEach(token -> deleteToken(token.accessorId()));
        return new Result.Done();
    }

    private Result put(BindingRule rule) {
        if (methods.get(Rows.fold(rule.authMethod())).isEmpty()) {
            return new Result.Refused("cannot find auth method with name \"" + rule.authMethod() + "\"");
        }
        Optional<BindingRule> present = rules.get(rule.id());
        restore(rule.at(present.map(BindingRule::createIndex).orElse(index), index));
        rulesChanged();
        return new Result.Done();
    }

    private Result deleteRule(String id) {
        if (rules.remove(id)) {
            rulesChanged();
        }
        return new Result.Done();
    }

    /** Puts a row with the indexes that it has. */
    void restore(Token token) {
        tokens.put(token.accessorId(), token, token.modifyIndex());
        accessors.put(token.secretId(), token.accessorId(), token.modifyIndex());
        token.expires().ifPresent(
                end -> expiring.put(Acl.expiryKey(end, token.accessorId()), token.accessorId(), token.modifyIndex()));
    }

    void restore(Policy policy) {
        policies.put(policy.id(), policy, policy.modifyIndex());
        policyIds.put(Rows.fold(policy.name()), policy.id(), policy.modifyIndex());
    }

    void restore(Role role) {
        roles.put(role.id(), role, role.modifyIndex());
        roleIds.put(Rows.fold(role.name()), role.id(), role.modifyIndex());
    }

    void restore(AuthMethod method) {
        methods.put(Rows.fold(method.name()), method, method.modifyIndex());
    }

    void restore(BindingRule rule) {
        rules.put(rule.id(), rule, rule.modifyIndex());
    }

    /** All that was restored. */
    Acl restored(Acl.Indexes marks, long lastBootstrap) {
        indexes = marks;
        bootstrapped = lastBootstrap;
        return done();
    }

    private void tokensChanged() {
        indexes = new Acl.Indexes(index, indexes.policies(), indexes.roles(), indexes.methods(), indexes.rules());
        changes.touch(Part.Table.ACL);
    }

    private void policiesChanged() {
        indexes = new Acl.Indexes(indexes.tokens(), index, indexes.roles(), indexes.methods(), indexes.rules());
        changes.touch(Part.Table.ACL);
    }

    private void rolesChanged() {
        indexes = new Acl.Indexes(indexes.tokens(), indexes.policies(), index, indexes.methods(), indexes.rules());
        changes.touch(Part.Table.ACL);
    }

    private void methodsChanged() {
        indexes = new Acl.Indexes(indexes.tokens(), indexes.policies(), indexes.roles(), index, indexes.rules());
        changes.touch(Part.Table.ACL);
    }

    private void rulesChanged() {
        indexes = new Acl.Indexes(indexes.tokens(), indexes.policies(), indexes.roles(), indexes.methods(), index);
        changes.touch(Part.Table.ACL);
    }
}
