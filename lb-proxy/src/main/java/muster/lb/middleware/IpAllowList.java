package muster.lb.middleware;

import java.util.List;
import java.util.Optional;
import muster.lb.exchange.StatusText;
import muster.lb.route.AccessRules;
import muster.lb.tree.Values;

/** ipAllowList, once ipWhiteList: only clients with such an address pass. */
public final class IpAllowList {
    private IpAllowList() {}

    static Middleware of(Values options) {
        AccessRules rules = rules(options);
        IpStrategy strategy = IpStrategy.of(options.sectionOrNone("ipStrategy"));
        int status = (int) options.whole("rejectStatusCode", 403);
        if (StatusText.of(status).isEmpty()) {
            throw new IllegalArgumentException("invalid HTTP status code " + status);
        }
        return (head, next) -> {
            Optional<String> client = strategy.of(head);
            return client.isPresent() && isIn(rules, client.get()) ? next.handle(head) : Decisions.plain(status, StatusText.of(status));
        };
    }

    /** The networks of {@code sourceRange}. */
    public static AccessRules rules(Values options) {
        if (options.texts("sourceRange").isEmpty()) {
            throw new IllegalArgumentException("sourceRange is empty, IPAllowLister not created");
        }
        return new AccessRules(true, options.texts("sourceRange").stream().map(IpStrategy::block).toList());
    }

    /** Whether the address is in one of the networks. */
    public static boolean isIn(AccessRules rules, String address) {
        return AccessRules.block(address).isPresent() && rules.admits(List.of(address));
    }
}
