package muster.lb.route;

import java.util.List;
import java.util.function.Predicate;

/**
 * A host and path, and the targets behind it.
 *
 * @param index its place in its table's {@link RouteTable#routes()}
 * @param host lower case, a pattern perhaps; {@code :PORT} for TCP; "" for all hosts
 * @param path "" for TCP
 * @param targets at least one
 * @param matches whether a request's decoded path is meant
 */
public record Route(int index, String host, String path, List<Target> targets, Ring ring, Predicate<String> matches) {
    /** As in the commands: {@code HOST/PATH}. */
    public String source() {
        return host + path;
    }
}
