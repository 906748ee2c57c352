package muster.scheduler.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.AccessControl;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Watches;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.State;
import muster.wire.GoDuration;
import muster.wire.GoQuote;
import muster.wire.Json;

/** What all endpoints share: queries that wait, index headers, parameters, and ids that may be cut short. */
final class Answers {
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
    private static final Duration MAX_WAIT = Duration.ofMinutes(10);
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    private final Writer writer;
    private final Watches watches;
    private final AccessControl access;

    Answers(Writer writer, Watches watches, AccessControl access) {
        this.writer = writer;
        this.watches = watches;
        this.access = access;
    }

    AccessControl access() {
        return access;
    }

    /** Who asks. Throws for a secret that no token has. */
    Caller caller(Call call) {
        return access.isOn() ? access.caller(secret(call)) : Caller.UNRESTRICTED;
    }

    /** The secret that a request shows, "" for none. */
    static String secret(Call call) {
        String own = call.header("X-Nomad-Token");
        if (!own.isEmpty()) {
            return own.trim();
        }
        String bearer = call.header("Authorization");
        return bearer.regionMatches(true, 0, "Bearer ", 0, 7) ? bearer.substring(7).trim() : "";
    }

    /** Refuses a caller that lacks a capability within the namespace of the request, which is answered. */
    String allowed(Call call, Capability capability) {
        String namespace = namespace(call);
        caller(call).require(Permission.in(namespace, capability));
        return namespace;
    }

    /**
     * The namespaces whose rows a caller is shown: that of the request, without which it is refused, or with {@code *} all in which it
     * has the capability.
     */
    Predicate<String> visible(Call call, Capability capability) {
        Caller caller = caller(call);
        String wanted = namespace(call);
        if (wanted.equals("*")) {
            return namespace -> caller.may(namespace, capability);
        }
        caller.require(Permission.in(wanted, capability));
        return wanted::equals;
    }

    /** Several errors as one text, as the original's. */
    static String errors(List<String> faults) {
        StringBuilder text = new StringBuilder().append(faults.size()).append(faults.size() == 1 ? " error" : " errors").append(" occurred:\n");
        faults.forEach(fault -> text.append("\t* ").append(fault).append('\n'));
        return text.append('\n').toString();
    }

    State state() {
        return writer.state();
    }

    /** Answers once the topic has passed the index in the query, with what the function makes of the state. */
    Reply read(Call call, String topic, String table, Function<State, Object> body) {
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            throw ApiException.invalidMethod();
        }
        return query(call, topic, table, body);
    }

    /** As {@link #read}, of what several topics tell of: the index is that of the last change of any of them. */
    Reply read(Call call, List<String> topics, String table, Function<State, Object> body) {
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            throw ApiException.invalidMethod();
        }
        return query(call, topics, table, body);
    }

    Reply query(Call call, String topic, String table, Function<State, Object> body) {
        return query(call, List.of(topic), table, body);
    }

    Reply query(Call call, List<String> topics, String table, Function<State, Object> body) {
        long index = index(call);
        ToLongFunction<State> last = state -> topics.stream().mapToLong(topic -> state.indexOf(topic, table)).max().orElseThrow();
        long at = last.applyAsLong(state());
        if (index > 0 && at <= index) {
            try {
                at = watches.await(topics, index, waitTime(call), last);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiException(500, "the server is shutting down");
            }
        }
        Reply.Full answer;
        try {
            answer = shown(call, body.apply(state()));
        } catch (ApiException e) {
            // What is not there can be waited for, too.
            answer = Reply.text(e.status(), e.getMessage());
        }
        return answer.with("X-Nomad-Index", Long.toString(at)).with("X-Nomad-KnownLeader", "true")
                .with("X-Nomad-LastContact", "0");
    }

    /** What was made for a request as its answer; an answer stays what it is. */
    static Reply.Full shown(Call call, Object made) {
        return switch (made) {
            case Reply.Full answer -> answer;
            case Listing.Page(List<Object> rows, String next) when !next.isEmpty() -> json(call, rows).with("X-Nomad-NextToken", next);
            case Listing.Page page -> json(call, page.rows());
            case null, default -> json(call, made);
        };
    }

    private static long index(Call call) {
        String text = call.query("index");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new ApiException(400, "Invalid index");
        }
    }

    private static Duration waitTime(Call call) {
        String text = call.query("wait");
        if (text.isEmpty()) {
            return DEFAULT_WAIT;
        }
        Duration wait = GoDuration.tryParse(text).orElseThrow(() -> new ApiException(400, "Invalid wait time"));
        return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait.isNegative() || wait.isZero() ? DEFAULT_WAIT : wait;
    }

    static Reply.Full json(Call call, Object value) {
        return Reply.of(200, "application/json", Json.write(value, call.has("pretty")));
    }

    /** The answer to a write. */
    static Reply written(Call call, Object value, long index) {
        return json(call, value).with("X-Nomad-Index", Long.toString(index));
    }

    static void method(Call call, String... allowed) {
        if (!List.of(allowed).contains(call.method())) {
            throw ApiException.invalidMethod();
        }
    }

    static void writing(Call call) {
        method(call, "PUT", "POST");
    }

    static boolean flag(Call call, String name) {
        String text = call.query(name);
        if (text.isEmpty() || FALSE.contains(text)) {
            return false;
        }
        if (!TRUE.contains(text)) {
            throw new ApiException(500, "Failed to parse value of " + GoQuote.quote(name) + " (" + text
                    + ") as a bool: strconv.ParseBool: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
        return true;
    }

    static String namespace(Call call) {
        String namespace = call.query("namespace");
        return namespace.isEmpty() ? "default" : namespace;
    }

    static <T> T body(Class<T> type, Call call) {
        if (call.body().length == 0) {
            throw new ApiException(400, "Request body is empty");
        }
        return Json.read(type, call.body(), Json.Unknown.IGNORE);
    }

    /** As {@link #body}; an empty body is an empty object. */
    static <T> T optionalBody(Class<T> type, Call call) {
        return Json.read(type, call.body().length == 0 ? new byte[] {'{', '}'} : call.body(), Json.Unknown.IGNORE);
    }

    /** Refuses what can't be the whole id of a {@code kind}, in the words of the original's index. */
    static String wholeId(String kind, String id) {
        if (id.length() != 36) {
            throw new ApiException(500, kind + " lookup failed: index error: UUID must be 36 characters");
        }
        return prefix(kind, id);
    }

    /** Refuses what can't be the beginning of an id. */
    static String prefix(String kind, String text) {
        String hex = text.replace("-", "");
        Set<Integer> dashes = new HashSet<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '-') {
                dashes.add(i);
            }
        }
        String fault = "";
        if (dashes.size() > 4) {
            fault = "Too many '-' in UUID: " + dashes.size() + "; want 4";
        } else if (hex.length() % 2 != 0) {
            fault = "Input (without hyphens) must be even length";
        } else {
            for (char c : hex.toCharArray()) {
                if (Character.digit(c, 16) < 0) {
                    fault = "Invalid UUID: encoding/hex: invalid byte: " + String.format("U+%04X '%c'", (int) c, c);
                    break;
                }
            }
        }
        if (!fault.isEmpty()) {
            throw new ApiException(500, (kind.equals("deployment") ? "" : kind + " lookup failed: ") + "index error: " + fault);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static <T> List<Object> map(Iterable<T> values, Function<T, Object> view) {
        List<Object> list = new ArrayList<>();
        values.forEach(value -> list.add(view.apply(value)));
        return list;
    }
}
