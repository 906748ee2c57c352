package muster.template.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.template.function.Context;
import muster.template.function.Lookup;
import muster.template.language.FunctionException;
import muster.template.language.Value;

/**
 * What Mustache templates see. The root has
 * <ul>
 *   <li>{@code kv.app.name} or {@code kv.app/name}: a key's text, which the template waits for; as a section, the entries
 *       directly below a folder (each with {@code Key}, {@code Path}, {@code Value}), else once if the key has a text;
 *   <li>{@code service.web}, {@code services}, {@code nodes}, {@code datacenters}: what the functions of these names give;
 *   <li>{@code env.NAME}.
 * </ul>
 * Structs have the fields of the Go dialect; the first letter may be written small.
 */
abstract sealed class MustacheData {
    /** A step further by a single name; null if there is nothing of that name here. */
    abstract MustacheData child(String name);

    /** What a tag prints. */
    abstract String text();

    /** What a section repeats over; nothing if it is not entered. */
    abstract List<MustacheData> items();

    /** What a dotted name means here, null if its first part means nothing. */
    MustacheData path(String name) {
        String[] parts = name.split("\\.");
        MustacheData data = child(parts[0]);
        for (int i = 1; i < parts.length && data != null; i++) {
            data = data.child(parts[i]);
        }
        return data;
    }

    static MustacheData root(Context context, boolean strict) {
        return new Root(new Lookup(context), strict);
    }

    /** Data given by the caller: its own names. */
    static MustacheData of(Value data, boolean strict) {
        return new Plain(data, strict);
    }

    private static final class Root extends MustacheData {
        private final Lookup lookup;
        private final boolean strict;

        Root(Lookup lookup, boolean strict) {
            this.lookup = lookup;
            this.strict = strict;
        }

        @Override
        MustacheData child(String name) {
            return switch (name) {
                case "kv" -> new Keys(lookup, "");
                case "service" -> new Services(lookup, strict);
                case "services" -> new Plain(lookup.services(), strict);
                case "nodes" -> new Plain(lookup.nodes(), strict);
                case "datacenters" -> new Plain(lookup.datacenters(), strict);
                case "env" -> new Plain(lookup.environment(), strict);
                default -> {
                    if (strict) {
                        throw new FunctionException("nothing is named \"" + name + "\": the data has kv, service, services, nodes, "
                                + "datacenters and env");
                    }
                    yield null;
                }
            };
        }

        @Override
        String text() {
            return "";
        }

        @Override
        List<MustacheData> items() {
            return List.of(this);
        }
    }

    /** A place in the KV store. */
    private static final class Keys extends MustacheData {
        private final Lookup lookup;
        private final String path;

        Keys(Lookup lookup, String path) {
            this.lookup = lookup;
            this.path = path;
        }

        @Override
        MustacheData child(String name) {
            return new Keys(lookup, path.isEmpty() ? name : path + "/" + name);
        }

        @Override
        String text() {
            return lookup.key(path);
        }

        @Override
        List<MustacheData> items() {
            List<Value> entries = lookup.entries(path + "/");
            if (!entries.isEmpty()) {
                return plain(entries, false);
            }
            Optional<String> text = lookup.optionalKey(path).filter(value -> !value.isEmpty());
            return text.isPresent() ? List.of(this) : List.of();
        }
    }

    private static final class Services extends MustacheData {
        private final Lookup lookup;
        private final boolean strict;

        Services(Lookup lookup, boolean strict) {
            this.lookup = lookup;
            this.strict = strict;
        }

        @Override
        MustacheData child(String name) {
            return new Plain(lookup.service(name), strict);
        }

        @Override
        String text() {
            return "";
        }

        @Override
        List<MustacheData> items() {
            return List.of();
        }
    }

    /** A value of the Go dialect. */
    private static final class Plain extends MustacheData {
        private final Value value;
        private final boolean strict;

        Plain(Value value, boolean strict) {
            this.value = value;
            this.strict = strict;
        }

        @Override
        MustacheData child(String name) {
            Value found = switch (value) {
                case Value.Struct struct -> {
                    Value exact = struct.fields().get(name);
                    yield exact != null ? exact : struct.fields().get(Character.toUpperCase(name.charAt(0)) + name.substring(1));
                }
                case Value.MapValue map -> {
                    Value entry = map.get(name);
                    if (entry == Value.NOTHING && strict) {
                        throw new FunctionException("map has no entry for key \"" + name + "\"");
                    }
                    yield entry == Value.NOTHING ? null : entry;
                }
                default -> null;
            };
            return found == null ? null : new Plain(found, strict);
        }

        @Override
        String text() {
            return value.isNil() ? "" : Value.printed(value);
        }

        @Override
        List<MustacheData> items() {
            if (value instanceof Value.ListValue list) {
                return plain(list.items(), strict);
            }
            return value.isTrue() ? List.of(this) : List.of();
        }
    }

    private static List<MustacheData> plain(List<Value> values, boolean strict) {
        List<MustacheData> items = new ArrayList<>(values.size());
        for (Value value : values) {
            items.add(new Plain(value, strict));
        }
        return items;
    }
}
