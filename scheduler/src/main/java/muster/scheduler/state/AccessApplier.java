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
