package muster.registry.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The config entries of one moment, as chains and rules look at them. Pure. */
public interface Entries {
    Optional<ConfigEntry> entry(String kind, String name);

    List<ConfigEntry> ofKind(String kind);

    /** The same with one entry set. */
    static Entries with(Entries entries, ConfigEntry changed) {
        return overlay(entries, changed.kind(), changed.name(), Optional.of(changed));
    }

    /** The same without one entry. */
    static Entries without(Entries entries, String kind, String name) {
        return overlay(entries, kind, name, Optional.empty());
    }

    private static Entries overlay(Entries below, String kind, String name, Optional<ConfigEntry> changed) {
        return new Entries() {
            @Override
            public Optional<ConfigEntry> entry(String asked, String askedName) {
                return asked.equals(kind) && askedName.equalsIgnoreCase(name) ? changed : below.entry(asked, askedName);
            }

            @Override
            public List<ConfigEntry> ofKind(String asked) {
                if (!asked.equals(kind)) {
                    return below.ofKind(asked);
                }
                List<ConfigEntry> all = new ArrayList<>(below.ofKind(asked));
                all.removeIf(entry -> entry.name().equalsIgnoreCase(name));
                changed.ifPresent(all::add);
                return all;
            }
        };
    }
}
