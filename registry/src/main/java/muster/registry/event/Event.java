package muster.registry.event;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Predicate;
import muster.registry.state.Service;

/**
 * A user event. (Consul HTTP API: Events)
 *
 * @param id a UUID
 * @param nodeFilter a regular expression that a node's name has to hold; "" for every node. The others likewise
 * @param time a logical clock: greater than that of all events which the agent that took it had seen
 */
public record Event(String id, String name, byte[] payload, String nodeFilter, String serviceFilter, String tagFilter, long time) {
    Event at(long newTime) {
        return new Event(id, name, payload, nodeFilter, serviceFilter, tagFilter, newTime);
    }

    /** How many bytes of it a client chose. */
    public int size() {
        return name.length() + payload.length + nodeFilter.length() + serviceFilter.length() + tagFilter.length();
    }

    /** Whether it is for a node with these services. Throws {@link PatternSyntaxException} for a filter that is no regular expression. */
    public boolean isFor(String node, Collection<Service> services) {
        Predicate<String> byName = matcher(serviceFilter);
        Predicate<String> byTag = matcher(tagFilter);
        return matcher(nodeFilter).test(node) && (serviceFilter.isEmpty() || services.stream()
                .anyMatch(service -> byName.test(service.name()) && (service.tags().isEmpty() ? byTag.test("") : service.tags().stream().anyMatch(byTag))));
    }

    private static Predicate<String> matcher(String regex) {
        if (regex.isEmpty()) {
            return text -> true;
        }
        Pattern pattern = Pattern.compile(regex);
        return text -> pattern.matcher(text).find();
    }

    /** 64 bits that differ for each event, made of its id as the API's index of a list of events. */
    public long index() {
        UUID bits = UUID.fromString(id);
        return bits.getMostSignificantBits() ^ bits.getLeastSignificantBits();
    }
}
