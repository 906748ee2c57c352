package muster.lb.proxy;

import java.util.List;
import muster.lb.route.AccessRules;

/** Whether an address is one of those that are trusted. */
final class Trust {
    private Trust() {}

    static boolean isIn(List<AccessRules.Block> blocks, String address) {
        return AccessRules.block(address).isPresent() && new AccessRules(true, blocks).admits(List.of(address));
    }
}
