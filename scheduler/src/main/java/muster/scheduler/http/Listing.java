package muster.scheduler.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import muster.http.Call;
import muster.wire.Json;
import muster.wire.filter.Filter;
import muster.wire.filter.FilterException;
import muster.wire.filter.Shape;

/**
 * What a query shows of a list (API page "API operations": filtering, pagination): the rows that {@code filter} keeps, in their order or
 * the one that {@code reverse} asks for, from {@code next_token} on, at most {@code per_page}. Pure.
 */
final class Listing {
    private static final int MAX_PAGE = 10_000;

    static final Shape.Struct EVALUATION = Shape.struct("ID", Shape.TEXT, "Namespace", Shape.TEXT, "Priority", Shape.NUMBER, "Type", Shape.TEXT,
            "TriggeredBy", Shape.TEXT, "JobID", Shape.TEXT, "JobModifyIndex", Shape.NUMBER, "NodeID", Shape.TEXT, "NodeModifyIndex", Shape.NUMBER,
            "DeploymentID", Shape.TEXT, "Status", Shape.TEXT, "StatusDescription", Shape.TEXT, "NextEval", Shape.TEXT, "PreviousEval", Shape.TEXT,
            "BlockedEval", Shape.TEXT, "EscapedComputedClass", Shape.BOOL, "QuotaLimitReached", Shape.TEXT, "AnnotatePlan", Shape.BOOL,
            "SnapshotIndex", Shape.NUMBER, "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER, "CreateTime", Shape.NUMBER,
            "ModifyTime", Shape.NUMBER, "QueuedAllocations", new Shape.MapOf(Shape.NUMBER), "ClassEligibility", new Shape.MapOf(Shape.BOOL));
    static final Shape.Struct ALLOCATION = Shape.struct("ID", Shape.TEXT, "EvalID", Shape.TEXT, "Name", Shape.TEXT, "Namespace", Shape.TEXT,
            "NodeID", Shape.TEXT, "NodeName", Shape.TEXT, "JobID", Shape.TEXT, "JobType", Shape.TEXT, "JobVersion", Shape.NUMBER,
            "TaskGroup", Shape.TEXT, "DesiredStatus", Shape.TEXT, "DesiredDescription", Shape.TEXT, "ClientStatus", Shape.TEXT,
            "ClientDescription", Shape.TEXT, "FollowupEvalID", Shape.TEXT, "PreemptedAllocations", Shape.TEXTS, "PreemptedByAllocation", Shape.TEXT,
            "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER, "CreateTime", Shape.NUMBER, "ModifyTime", Shape.NUMBER,
            "TaskStates", new Shape.MapOf(Shape.struct("State", Shape.TEXT, "Failed", Shape.BOOL, "Restarts", Shape.NUMBER)));
    static final Shape.Struct DEPLOYMENT = Shape.struct("ID", Shape.TEXT, "Namespace", Shape.TEXT, "JobID", Shape.TEXT, "JobVersion", Shape.NUMBER,
            "JobModifyIndex", Shape.NUMBER, "JobSpecModifyIndex", Shape.NUMBER, "JobCreateIndex", Shape.NUMBER, "IsMultiregion", Shape.BOOL,
            "Status", Shape.TEXT, "StatusDescription", Shape.TEXT, "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER);
    static final Shape.Struct NODE = Shape.struct("ID", Shape.TEXT, "Name", Shape.TEXT, "Datacenter", Shape.TEXT, "NodeClass", Shape.TEXT,
            "Address", Shape.TEXT, "Version", Shape.TEXT, "Drain", Shape.BOOL, "SchedulingEligibility", Shape.TEXT, "Status", Shape.TEXT,
            "StatusDescription", Shape.TEXT, "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER,
            "Drivers", new Shape.MapOf(Shape.struct("Detected", Shape.BOOL, "Healthy", Shape.BOOL, "HealthDescription", Shape.TEXT)));
    static final Shape.Struct JOB = Shape.struct("ID", Shape.TEXT, "Name", Shape.TEXT, "Namespace", Shape.TEXT, "ParentID", Shape.TEXT,
            "Type", Shape.TEXT, "Priority", Shape.NUMBER, "Datacenters", Shape.TEXTS, "Status", Shape.TEXT, "StatusDescription", Shape.TEXT,
            "Stop", Shape.BOOL, "Periodic", Shape.BOOL, "ParameterizedJob", Shape.BOOL, "SubmitTime", Shape.NUMBER, "CreateIndex", Shape.NUMBER,
            "ModifyIndex", Shape.NUMBER, "JobModifyIndex", Shape.NUMBER, "Meta", Shape.TEXT_MAP);
    static final Shape.Struct NODE_POOL = Shape.struct("Name", Shape.TEXT, "Description", Shape.TEXT, "Meta", Shape.TEXT_MAP,
            "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER,
            "SchedulerConfiguration", Shape.struct("SchedulerAlgorithm", Shape.TEXT, "MemoryOversubscriptionEnabled", Shape.BOOL));
    static final Shape.Struct VARIABLE = Shape.struct("Namespace", Shape.TEXT, "Path", Shape.TEXT, "CreateIndex", Shape.NUMBER,
            "ModifyIndex", Shape.NUMBER, "CreateTime", Shape.NUMBER, "ModifyTime", Shape.NUMBER);

    static final Shape.Struct SERVICE = Shape.struct("ID", Shape.TEXT, "ServiceName", Shape.TEXT, "Namespace", Shape.TEXT, "NodeID", Shape.TEXT,
            "Datacenter", Shape.TEXT, "JobID", Shape.TEXT, "AllocID", Shape.TEXT, "Tags", Shape.TEXTS, "Address", Shape.TEXT,
            "Port", Shape.NUMBER, "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER);
    static final Shape.Struct TOKEN = Shape.struct("AccessorID", Shape.TEXT, "Name", Shape.TEXT, "Type", Shape.TEXT, "Policies", Shape.TEXTS,
            "Global", Shape.BOOL, "Roles", new Shape.ListOf(Shape.struct("ID", Shape.TEXT, "Name", Shape.TEXT)),
            "CreateIndex", Shape.NUMBER, "ModifyIndex", Shape.NUMBER);

    private Listing() {}

    /** A part of a list, and where the next begins; "" for the end. */
    record Page(List<Object> rows, String nextToken) {}

    /**
     * Where a row stands.
     *
     * @param created the index at which it came about; 0 in lists that are ordered by name
     */
    private record Place(long created, String name) {
        static Place of(String token) {
            int dot = token.indexOf('.');
            try {
                return dot < 0 ? new Place(0, token) : new Place(Long.parseLong(token.substring(0, dot)), token.substring(dot + 1));
            } catch (NumberFormatException e) {
                return new Place(0, token);
            }
        }

        String token() {
            return created == 0 ? name : created + "." + name;
        }
    }

    private static final Comparator<Place> NEWEST_FIRST = Comparator.comparingLong((Place place) -> -place.created()).thenComparing(Place::name);
    private static final Comparator<Place> OLDEST_FIRST = Comparator.comparingLong(Place::created).thenComparing(Place::name);

    /** A list by age: the newest first, or with {@code reverse=false} the oldest, as later versions have it. */
    static <T> Page byAge(Call call, List<T> rows, ToLongFunction<T> created, Function<T, String> id, Shape.Struct shape, Function<T, Object> view) {
        boolean newestFirst = !call.has("reverse") || Answers.flag(call, "reverse");
        return page(call, rows, row -> new Place(created.applyAsLong(row), id.apply(row)), newestFirst ? NEWEST_FIRST : OLDEST_FIRST, shape, view);
    }

    /** A list by name, backwards with {@code reverse=true}. */
    static <T> Page byName(Call call, List<T> rows, Function<T, String> name, Shape.Struct shape, Function<T, Object> view) {
        return page(call, rows, row -> new Place(0, name.apply(row)), Answers.flag(call, "reverse") ? OLDEST_FIRST.reversed() : OLDEST_FIRST,
                shape, view);
    }

    private static <T> Page page(Call call, List<T> rows, Function<T, Place> place, Comparator<Place> order, Shape.Struct shape,
            Function<T, Object> view) {
        List<T> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparing(place, order));
        String token = call.query("next_token");
        Place from = token.isEmpty() ? null : Place.of(token);
        int most = perPage(call);
        Filter filter = filter(call, shape);
        List<Object> shown = new ArrayList<>();
        for (T row : sorted) {
            if (from != null && order.compare(place.apply(row), from) < 0) {
                continue;
            }
            Object made = view.apply(row);
            if (filter != null && !filter.accepts(tree(made))) {
                continue;
            }
            if (shown.size() == most) {
                return new Page(shown, place.apply(row).token());
            }
            shown.add(made);
        }
        return new Page(shown, "");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> tree(Object row) {
        return (Map<String, Object>) Json.parse(Json.write(row));
    }

    private static Filter filter(Call call, Shape.Struct shape) {
        String text = call.query("filter");
        if (text.isBlank()) {
            return null;
        }
        try {
            return Filter.of(text, shape);
        } catch (FilterException e) {
            throw new ApiException(400, "failed to create result paginator: failed to read filter expression: " + e.getMessage());
        }
    }

    private static int perPage(Call call) {
        String text = call.query("per_page");
        if (text.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        try {
            int wanted = Integer.parseInt(text);
            if (wanted >= 0) {
                return wanted == 0 ? Integer.MAX_VALUE : Math.min(wanted, MAX_PAGE);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is none of a page.
        }
        throw new ApiException(400, "Invalid per_page: " + text + " is no number of rows");
    }
}
