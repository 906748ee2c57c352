package muster.template.language;

import java.util.ArrayList;
import java.util.List;

/** The variables of one template call; the bottom one is {@code $}. */
final class Variables {
    private final List<String> names = new ArrayList<>();
    private final List<Slot> values = new ArrayList<>();

    Variables(Slot dollar) {
        push("$", dollar);
    }

    int size() {
        return names.size();
    }

    void push(String name, Slot value) {
        names.add(name);
        values.add(value);
    }

    void setTop(int fromTop, Slot value) {
        values.set(values.size() - fromTop, value);
    }

    void truncate(int size) {
        while (names.size() > size) {
            names.removeLast();
            values.removeLast();
        }
    }

    /** The index of the innermost variable of that name, or -1. */
    int find(String name) {
        return names.lastIndexOf(name);
    }

    Slot get(int index) {
        return values.get(index);
    }

    void set(int index, Slot value) {
        values.set(index, value);
    }
}
