package muster.scheduler.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import muster.hcl.BodyContent;
import muster.hcl.BodySchema;
import muster.hcl.Diagnostics;

/**
 * A block of a job file: which names it may hold, how each is read, and what the API calls it. A stanza is data; the
 * {@link StanzaReader} walks it. {@code inspection} may refuse what the table can't express, {@code finish} puts what was read into the API's shape where that differs.
 */
record Stanza(
        List<Field> fields, List<Nested> nested, Consumer<Map<String, Object>> finish, Inspection inspection) {
    /** Looks at all blocks of a type in one body, before they are read. */
    @FunctionalInterface
    interface Inspection {
        void inspect(List<BodyContent.ScopedBlock> blocks, Diagnostics diagnostics);
    }

    /** How an attribute is read. */
    enum Kind {
        TEXT,
        NUMBER,
        BOOL,
        DURATION,
        TEXTS,
        TEXT_MAP,
        TEXT_LIST_MAP
    }

    /** An attribute. */
    record Field(String name, String key, Kind kind) {}

    /** How the blocks of a type become one value. */
    enum Shape {
        /** One block, one object. */
        ONE,
        /** Any number, a list. */
        MANY,
        /** As MANY; the original looks for them before the rest and again with it, so that it tells of wrong labels twice. */
        MANY_APART,
        /** Any number with a label each, an object by label. */
        BY_LABEL,
        /** One block of names and texts; an attribute of that name will do too. */
        TEXTS,
        /** As TEXTS, with lists of texts. */
        TEXT_LISTS,
        /** One block of anything. */
        FREE
    }

    /** Blocks of a type; the label, if it has one, is kept under {@code labelKey}. */
    record Nested(String name, String key, Shape shape, String labelKey, Stanza stanza) {
        BodySchema.BlockKind kind() {
            return new BodySchema.BlockKind(name, labelKey.isEmpty() ? List.of() : List.of("name"));
        }
    }

    static Stanza of() {
        return new Stanza(List.of(), List.of(), tree -> {}, (blocks, diagnostics) -> {});
    }

    Stanza text(String... namesAndKeys) {
        return with(Kind.TEXT, namesAndKeys);
    }

    Stanza number(String... namesAndKeys) {
        return with(Kind.NUMBER, namesAndKeys);
    }

    Stanza bool(String... namesAndKeys) {
        return with(Kind.BOOL, namesAndKeys);
    }

    Stanza duration(String... namesAndKeys) {
        return with(Kind.DURATION, namesAndKeys);
    }

    Stanza texts(String... namesAndKeys) {
        return with(Kind.TEXTS, namesAndKeys);
    }

    private Stanza with(Kind kind, String... namesAndKeys) {
        List<Field> more = new ArrayList<>(fields);
        for (int i = 0; i < namesAndKeys.length; i += 2) {
            more.add(new Field(namesAndKeys[i], namesAndKeys[i + 1], kind));
        }
        return new Stanza(List.copyOf(more), nested, finish, inspection);
    }

    Stanza one(String name, String key, Stanza inner) {
        return with(new Nested(name, key, Shape.ONE, "", inner));
    }

    Stanza many(String name, String key, Stanza inner) {
        return with(new Nested(name, key, Shape.MANY, "", inner));
    }

    Stanza labelled(String name, String key, String labelKey, Stanza inner) {
        return with(new Nested(name, key, Shape.MANY, labelKey, inner));
    }

    Stanza labelledApart(String name, String key, String labelKey, Stanza inner) {
        return with(new Nested(name, key, Shape.MANY_APART, labelKey, inner));
    }

    Stanza byLabel(String name, String key, String labelKey, Stanza inner) {
        return with(new Nested(name, key, Shape.BY_LABEL, labelKey, inner));
    }

    Stanza textMap(String name, String key) {
        return with(new Nested(name, key, Shape.TEXTS, "", of()));
    }

    Stanza textListMap(String name, String key) {
        return with(new Nested(name, key, Shape.TEXT_LISTS, "", of()));
    }

    Stanza free(String name, String key) {
        return with(new Nested(name, key, Shape.FREE, "", of()));
    }

    private Stanza with(Nested more) {
        List<Nested> all = new ArrayList<>(nested);
        all.add(more);
        return new Stanza(fields, List.copyOf(all), finish, inspection);
    }

    Stanza finishedBy(Consumer<Map<String, Object>> step) {
        return new Stanza(fields, nested, step, inspection);
    }

    Stanza inspectedBy(Inspection look) {
        return new Stanza(fields, nested, finish, look);
    }

    /** The names it may hold. */
    BodySchema schema() {
        List<String> attributes = new ArrayList<>(fields.stream().map(Field::name).toList());
        List<BodySchema.BlockKind> blocks = new ArrayList<>();
        for (Nested block : nested) {
            blocks.add(block.kind());
            if (block.shape == Shape.TEXTS || block.shape == Shape.TEXT_LISTS) {
                attributes.add(block.name);
            }
        }
        return new BodySchema(attributes, List.of(), blocks);
    }
}
