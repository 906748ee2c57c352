package muster.registry.client;

import java.util.List;

/** A service's name and the union of its instances' tags, sorted. */
public record ServiceSummary(String name, List<String> tags) {
    public ServiceSummary {
        tags = List.copyOf(tags);
    }
}
