package muster.scheduler.state;

import java.util.List;
import muster.scheduler.job.Job;
import muster.scheduler.job.Values;

/** What the commands about namespaces and access control do to the state. Pure, as {@link Applier}, whose part it is. */
final class AccessApplier {
    private final Edit edit;
    private final State before;

    AccessApplier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
    }

    long deleteNamespaces(List<String> names) {
        for (String name : Values.orEmpty(names)) {
            if (name.equals(Namespace.DEFAULT_NAME)) {
                throw new RefusedException("default namespace can not be deleted");
            }
            for (Job job : before.jobs().startingWith(State.key(name, ""))) {
                if (!"dead".equals(job.status())) {
                    throw new RefusedException("namespace \"" + name + "\" contains at least one non-terminal job \"" + job.id()
                            + "\". All jobs must be terminal in namespace before it can be deleted");
                }
            }
            edit.access.removeNamespace(name);
        }
        return edit.index;
    }

    long roles(List<AclRole> roles) {
        for (AclRole role : Values.orEmpty(roles)) {
            AclRole named = edit.access.acl().roleNamed(role.name());
            if (named != null && !named.id().equals(role.id())) {
                throw new RefusedException("role with name " + role.name() + " already exists");
            }
            edit.access.putRole(role);
        }
        return edit.index;
    }

    long authMethods(List<AclAuthMethod> methods) {
        for (AclAuthMethod method : Values.orEmpty(methods)) {
            AclAuthMethod usual = edit.access.acl().defaultMethod();
            if (method.isDefault() && usual != null && !usual.name().equals(method.name())) {
                throw new RefusedException("default ACL auth method for type " + method.type() + " already exists: " + usual.name());
            }
            edit.access.putAuthMethod(method);
        }
        return edit.index;
    }

    long deleteAuthMethods(List<String> names) {
        for (String name : Values.orEmpty(names)) {
            if (!edit.access.acl().authMethods().contains(name)) {
                throw new RefusedException("ACL auth method not found");
            }
            edit.access.removeAuthMethod(name);
            for (AclBindingRule rule : edit.access.acl().bindingRules().values()) {
                if (rule.authMethod().equals(name)) {
                    edit.access.removeBindingRule(rule.id());
                }
            }
        }
        return edit.index;
    }

    long bindingRules(List<AclBindingRule> rules) {
        for (AclBindingRule rule : Values.orEmpty(rules)) {
            if (!edit.access.acl().authMethods().contains(rule.authMethod())) {
                throw new RefusedException("ACL auth method " + rule.authMethod() + " not found");
            }
            edit.access.putBindingRule(rule);
        }
        return edit.index;
    }

    long deleteBindingRules(List<String> ids) {
        for (String id : Values.orEmpty(ids)) {
            if (!edit.access.acl().bindingRules().contains(id)) {
                throw new RefusedException("ACL binding rule not found");
            }
            edit.access.removeBindingRule(id);
        }
        return edit.index;
    }

    long bootstrap(AclToken token, long resetIndex) {
        long done = before.acl().bootstrapIndex();
        if (done != 0 && resetIndex != done) {
            throw new RefusedException("ACL bootstrap already done (reset index: " + done + ")");
        }
        edit.access.putToken(token);
        edit.access.bootstrapped();
        return edit.index;
    }
}
