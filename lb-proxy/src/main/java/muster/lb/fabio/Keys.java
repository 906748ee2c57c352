package muster.lb.fabio;

import java.util.List;
import java.util.Optional;
import muster.lb.choose.Pool;
import muster.lb.choose.Strategy;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/** By what a request is led back to its target: a hash key, or a cookie. */
final class Keys {
    private Keys() {}

    static Pool.Pick pick(RequestHead head, LiveRoute route) {
        Optional<String> sticky = route.wish(choice -> !choice.stickyCookie().isEmpty())
                .flatMap(choice -> cookie(head.headers(), choice.stickyCookie()));
        if (sticky.isEmpty() && route.pool().strategy() != Strategy.CONSISTENT_HASH) {
            return Pool.Pick.ANY;
        }
        return new Pool.Pick(key(head, route), sticky.map(name -> named(route, name)).orElse(-1), List.of());
    }

    /** The Set-Cookie line that keeps a client at a target; empty when its request already has it. */
    static Optional<String> newCookie(RequestHead head, String cookie, String target) {
        String value = Integer.toHexString(target.hashCode());
        return cookie(head.headers(), cookie).filter(value::equals).isPresent()
                ? Optional.empty()
                : Optional.of(cookie + "=" + value + "; Path=/; HttpOnly");
    }

    private static String key(RequestHead head, LiveRoute route) {
        String wish = route.wish(choice -> !choice.hashKey().isEmpty()).map(choice -> choice.hashKey()).orElse("ip");
        int colon = wish.indexOf(':');
        Optional<String> found = switch (colon < 0 ? wish : wish.substring(0, colon)) {
            case "header" -> head.headers().first(wish.substring(colon + 1));
            case "cookie" -> cookie(head.headers(), wish.substring(colon + 1));
            default -> Optional.empty();
        };
        return found.orElse(head.peer().address());
    }

    private static int named(LiveRoute route, String value) {
        for (int i = 0; i < route.pool().members().size(); i++) {
            if (Integer.toHexString(route.pool().members().get(i).name().hashCode()).equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static Optional<String> cookie(HeaderList headers, String name) {
        for (String line : headers.all("Cookie")) {
            for (String pair : line.split(";")) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                    return Optional.of(pair.substring(equals + 1).strip());
                }
            }
        }
        return Optional.empty();
    }
}
