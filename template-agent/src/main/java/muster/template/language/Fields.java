package muster.template.language;

import java.util.List;
import muster.wire.GoQuote;

/** What {@code .name} means: a method, a struct's field, or a map's entry. */
final class Fields {
    private final Expressions expressions;
    private final MissingKey missingKey;

    Fields(Expressions expressions, MissingKey missingKey) {
        this.expressions = expressions;
        this.missingKey = missingKey;
    }

    /** Fields of fields; only the last may be a method with arguments. */
    Slot chain(Slot dot, Slot receiver, Node place, List<String> names, List<Node.Operand> operands, Slot piped) {
        Slot value = receiver;
        int last = names.size() - 1;
        for (int i = 0; i < last; i++) {
            value = field(dot, names.get(i), place, List.of(), Slot.ABSENT, value);
        }
        return field(dot, names.get(last), place, operands, piped, value);
    }

    private Slot field(Slot dot, String name, Node place, List<Node.Operand> operands, Slot piped, Slot receiver) {
        boolean hasArguments = operands.size() > 1 || piped != Slot.ABSENT;
        return switch (receiver.value()) {
            case Value.Nothing ignored -> {
                if (missingKey == MissingKey.ERROR) {
                    throw expressions.error("nil data; no entry for key " + GoQuote.quote(name));
                }
                yield Slot.NOTHING;
            }
            case Value.Nil ignored ->
                throw expressions.error("nil pointer evaluating " + receiver.typeName() + "." + name);
            case Value.Struct struct -> {
                Function method = struct.methods().get(name);
                if (method != null) {
                    yield expressions.call(dot, method, place, operands, piped);
                }
                Value value = struct.fields().get(name);
                if (value == null) {
                    throw cannotEvaluate(name, receiver);
                }
                if (hasArguments) {
                    throw expressions.error(name + " has arguments but cannot be invoked as function");
                }
                yield new Slot(value, value instanceof Value.Nil && value.equals(Value.NIL));
            }
            case Value.MapValue map -> {
                Function method = map.methods().get(name);
                if (method != null) {
                    yield expressions.call(dot, method, place, operands, piped);
                }
                if (map.key() != Type.Basic.STRING && map.key() != Type.Basic.ANY) {
                    throw cannotEvaluate(name, receiver);
                }
                if (hasArguments) {
                    throw expressions.error(name + " is not a method but has arguments");
                }
                yield entry(map, name);
            }
            case Value.Bool ignored -> throw cannotEvaluate(name, receiver);
            case Value.Text ignored -> throw cannotEvaluate(name, receiver);
            case Value.Int ignored -> throw cannotEvaluate(name, receiver);
            case Value.Real ignored -> throw cannotEvaluate(name, receiver);
            case Value.Complex ignored -> throw cannotEvaluate(name, receiver);
            case Value.ListValue ignored -> throw cannotEvaluate(name, receiver);
        };
    }

    private Slot entry(Value.MapValue map, String name) {
        Value value = map.get(name);
        if (value != Value.NOTHING) {
            return Slot.element(value, map.element());
        }
        return switch (missingKey) {
            case DEFAULT -> Slot.NOTHING;
            case ZERO -> Slot.element(map.element().zero(), map.element());
            case ERROR -> throw expressions.error("map has no entry for key " + GoQuote.quote(name));
        };
    }

    private TemplateException cannotEvaluate(String name, Slot receiver) {
        return expressions.error("can't evaluate field " + name + " in type " + receiver.typeName());
    }
}
