package muster.lb.middleware;

import java.util.Optional;
import java.util.function.Function;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** What makes requests belong together (Traefik: "sourceCriterion"): the client's address, a header's value, the host. */
record SourceCriterion(Function<RequestHead, Optional<String>> source) {
    /** Reads the options; {@code initial} when none of them is set. */
    static SourceCriterion of(Optional<Values> options, SourceCriterion initial) {
        Values set = options.orElse(Values.NONE);
        String header = set.text("requestHeaderName");
        boolean isByHost = set.flag("requestHost");
        Optional<Values> strategy = set.section("ipStrategy");
        if (strategy.isPresent() && !header.isEmpty()) {
            throw new IllegalArgumentException("iPStrategy and RequestHeaderName are mutually exclusive");
        }
        if (strategy.isPresent() && isByHost) {
            throw new IllegalArgumentException("iPStrategy and RequestHost are mutually exclusive");
        }
        if (!header.isEmpty() && isByHost) {
            throw new IllegalArgumentException("requestHost and RequestHeaderName are mutually exclusive");
        }
        if (strategy.isPresent()) {
            IpStrategy parsed = IpStrategy.of(strategy.get());
            return new SourceCriterion(parsed::of);
        }
        if (!header.isEmpty()) {
            return new SourceCriterion(head -> Optional.of(head.headers().first(header).orElse("")));
        }
        return isByHost ? BY_HOST : initial;
    }

    static final SourceCriterion BY_ADDRESS = new SourceCriterion(head -> Optional.of(head.peer().address()));
    static final SourceCriterion BY_HOST = new SourceCriterion(head -> Optional.of(head.host()));
}
