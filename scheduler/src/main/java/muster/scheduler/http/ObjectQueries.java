package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.Capability;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.state.State;
import muster.scheduler.state.Table;

/** What the endpoints of evaluations, allocations and deployments share: lists by namespace, and objects found by their whole id. */
final class ObjectQueries {
    private final Answers answers;
    private final Writer writer;

    ObjectQueries(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Answers answers() {
        return answers;
    }

    State state() {
        return writer.state();
    }

    /**
     * The rows of a table that the caller may see and the query asks for.
     *
     * @param asked by the path and the parameters of the call alone
     * @param view made of the rows, the path and the parameters alone
     */
    <T> Reply list(Call call, String kind, String topic, Function<State, Table<T>> table,
            Function<T, String> namespace, Predicate<T> asked, Function<List<T>, Object> view) {
        Predicate<String> visible = answers.visible(call, Capability.READ_JOB);
        boolean isForAll = answers.caller(call) == Caller.UNRESTRICTED;
        String prefix = Answers.prefix(kind, call.query("prefix"));
        return answers.read(call, topic, topic, state -> {
            Table<T> rows = table.apply(state);
            Supplier<Reply.Full> list = () -> {
                List<T> found = new ArrayList<>(rows.startingWith(prefix));
                found.removeIf(value -> !visible.test(namespace.apply(value)) || !asked.test(value));
                return Answers.shown(call, view.apply(found));
            };
            return isForAll ? rows.derived(KeptLists.class, all -> new KeptLists()).of(call, list) : list.get();
        });
    }

    /** Refuses whom the namespace of an object, or of the request where there is no such object, is closed to. */
    <T> void readable(Call call, T value, Function<T, String> namespace) {
        require(call, value, namespace, Capability.READ_JOB);
    }

    <T> void require(Call call, T value, Function<T, String> namespace, Capability capability) {
        answers.caller(call).require(Permission.in(value == null ? Answers.namespace(call) : namespace.apply(value), capability));
    }

    /** The object, or 404 with the message where there is none. */
    static <T> T found(T value, String message) {
        if (value == null) {
            throw new ApiException(404, message);
        }
        return value;
    }
}
