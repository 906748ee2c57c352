package muster.scheduler.state;

/** What the commands about variables and their locks do to the state; 0 where one finds another state than it expects. Pure, as {@link Applier}, whose part it is. */
final class VariableApplier {
    private final Edit edit;
    private final State before;

    VariableApplier(Edit edit, State before) {
        this.edit = edit;
        this.before = before;
    }

    private boolean isExpected(String namespace, String path, Long expected) {
        Variable old = before.variable(namespace, path);
        return expected == null || expected == (old == null ? 0 : old.modifyIndex());
    }

    long write(Command.WriteVariable c) {
        if (!isExpected(c.variable().namespace(), c.variable().path(), c.expected())) {
            return 0;
        }
        Variable old = before.variable(c.variable().namespace(), c.variable().path());
        String lockId = c.variable().lock() == null ? "" : c.variable().lock().id();
        if (old != null && !old.isOf(lockId)) {
            return 0;
        }
        edit.variables.put(c.variable().with(c.variable().items(), old == null ? null : old.lock(), c.variable().modifyTime()));
        return edit.index;
    }

    long acquire(Variable variable) {
        Variable old = before.variable(variable.namespace(), variable.path());
        if (old != null && old.lock() != null) {
            return 0;
        }
        edit.variables.put(old == null || !variable.items().isEmpty() ? variable : variable.with(old.items(), variable.lock(), variable.modifyTime()));
        return edit.index;
    }

    private Variable held(String namespace, String path, String lockId) {
        Variable variable = before.variable(namespace, path);
        return variable != null && variable.lock() != null && variable.isOf(lockId) ? variable : null;
    }

    long renew(Command.RenewLock c) {
        if (held(c.namespace(), c.path(), c.lockId()) == null) {
            return 0;
        }
        edit.variables.renewLock(c.namespace(), c.path());
        return edit.index;
    }

    long release(Command.ReleaseLock c) {
        Variable variable = held(c.namespace(), c.path(), c.lockId());
        if (variable == null) {
            return 0;
        }
        edit.variables.put(variable.with(variable.items(), null, c.now()));
        return edit.index;
    }

    long delete(Command.DeleteVariable c) {
        Variable old = before.variable(c.namespace(), c.path());
        if (!isExpected(c.namespace(), c.path(), c.expected()) || old != null && old.lock() != null) {
            return 0;
        }
        edit.variables.remove(c.namespace(), c.path());
        return edit.index;
    }
}
