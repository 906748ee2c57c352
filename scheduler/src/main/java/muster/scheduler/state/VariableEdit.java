package muster.scheduler.state;

/** Variables. Part of an {@link Edit}. */
final class VariableEdit {
    private final Touched touched;
    private Table<Variable> all;

    VariableEdit(Table<Variable> all, Touched touched) {
        this.all = all;
        this.touched = touched;
    }

    Table<Variable> all() {
        return all;
    }

    void put(Variable variable) {
        String key = State.key(variable.namespace(), variable.path());
        all = all.with(key, variable.at(touched.index, all.get(key)));
        touched.topic(Topic.VARIABLES, Topic.variable(variable.namespace(), variable.path()));
    }

    /** Tells those who count its holder's time. */
    void renewLock(String namespace, String path) {
        touched.wake(Topic.lockRenewal(namespace, path));
    }

    void remove(String namespace, String path) {
        String key = State.key(namespace, path);
        if (all.contains(key)) {
            all = all.without(key);
            touched.topic(Topic.VARIABLES);
            touched.gone(Topic.variable(namespace, path));
        }
    }
}
