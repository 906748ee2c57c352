package muster.template.runner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds templates that read each other's files round and round, which would never rest. One thread owns it. */
final class Circles {
    private final List<ManagedTemplate> entries;
    private final Map<Path, ManagedTemplate> byFile = new HashMap<>();
    private final Set<ManagedTemplate> stopped = new HashSet<>();

    Circles(List<ManagedTemplate> entries) {
        this.entries = entries;
        entries.forEach(entry -> byFile.put(entry.file().toAbsolutePath().normalize(), entry));
    }

    /** Whether the template was found in a circle. */
    boolean has(ManagedTemplate entry) {
        return stopped.contains(entry);
    }

    /** Looks at what the templates read now and stops those in a circle. */
    void stop() {
        for (ManagedTemplate entry : entries) {
            List<ManagedTemplate> circle = from(entry);
            if (!circle.isEmpty() && stopped.add(entry)) {
                List<String> names = new ArrayList<>(circle.stream().map(each -> each.spec().destination()).toList());
                names.add(names.getFirst());
                entry.stop("templates feed each other in a circle: " + String.join(" -> ", names) + "; it is not rendered any more");
            }
        }
    }

    /** The templates whose files lead from this one back to itself, empty if none do. */
    private List<ManagedTemplate> from(ManagedTemplate start) {
        Map<ManagedTemplate, ManagedTemplate> cameFrom = new HashMap<>();
        List<ManagedTemplate> open = new ArrayList<>(List.of(start));
        for (int i = 0; i < open.size(); i++) {
            for (Path read : open.get(i).reads()) {
                ManagedTemplate next = byFile.get(read);
                if (next == start) {
                    List<ManagedTemplate> circle = new ArrayList<>();
                    for (ManagedTemplate at = open.get(i); at != null; at = cameFrom.get(at)) {
                        circle.addFirst(at);
                    }
                    return circle;
                }
                if (next != null && !cameFrom.containsKey(next)) {
                    cameFrom.put(next, open.get(i));
                    open.add(next);
                }
            }
        }
        return List.of();
    }
}
