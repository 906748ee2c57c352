package muster.template.language;

import java.util.ArrayList;
import java.util.List;
import muster.wire.GoQuote;

/** Evaluates pipelines, commands and operands. Recursion is bounded by the parser's limit of nesting. */
final class Expressions {
    private final Evaluator evaluator;
    private final Fields fields;
    /** Those of the template being executed. */
    Variables variables;
    private Node node;

    Expressions(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.fields = new Fields(this, evaluator.missingKey());
    }

    /** Remembers where an error will be reported. */
    void at(Node place) {
        node = place;
    }

    Node node() {
        return node;
    }

    TemplateException error(String message) {
        return evaluator.error(node, message);
    }

    Slot pipeline(Slot dot, Node.Pipeline pipeline) {
        at(pipeline);
        Slot value = Slot.ABSENT;
        for (Node.Command command : pipeline.commands()) {
            value = command(dot, command, value).unboxed();
        }
        for (String variable : pipeline.variables()) {
            if (pipeline.assigns()) {
                assign(variable, value);
            } else {
                variables.push(variable, value);
            }
        }
        return value;
    }

    void assign(String name, Slot value) {
        variables.set(find(name), value);
    }

    private int find(String name) {
        int index = variables.find(name);
        if (index < 0) {
            throw error("undefined variable: " + name);
        }
        return index;
    }

    private Slot command(Slot dot, Node.Command command, Slot piped) {
        List<Node.Operand> operands = command.operands();
        return switch (operands.getFirst()) {
            case Node.Field field -> field(dot, field, operands, piped);
            case Node.Chain chain -> chain(dot, chain, operands, piped);
            case Node.Variable variable -> variable(dot, variable, operands, piped);
            case Node.Identifier identifier -> identifier(dot, identifier, command, operands, piped);
            case Node.Pipeline pipeline -> {
                refuseArguments(operands, piped);
                yield pipeline(dot, pipeline);
            }
            case Node.Literal literal -> {
                at(literal);
                refuseArguments(operands, piped);
                yield literal(dot, literal);
            }
        };
    }

    private void refuseArguments(List<Node.Operand> operands, Slot piped) {
        if (operands.size() > 1 || piped != Slot.ABSENT) {
            throw error("can't give argument to non-function " + operands.getFirst());
        }
    }

    private Slot literal(Slot dot, Node.Literal literal) {
        return switch (literal) {
            case Node.Dot ignored -> dot;
            case Node.Nil ignored -> throw error("nil is not a command");
            case Node.Bool bool -> Slot.of(Value.bool(bool.value()));
            case Node.StringLiteral text -> Slot.of(Value.text(text.text()));
            case Node.Number number -> {
                try {
                    yield Slot.of(number.literal().ideal());
                } catch (FunctionException e) {
                    throw error(e.getMessage());
                }
            }
        };
    }

    private Slot field(Slot dot, Node.Field field, List<Node.Operand> operands, Slot piped) {
        at(field);
        return fields.chain(dot, dot, field, field.names(), operands, piped);
    }

    private Slot chain(Slot dot, Node.Chain chain, List<Node.Operand> operands, Slot piped) {
        at(chain);
        at(chain.operand());
        Slot base = switch (chain.operand()) {
            case Node.Pipeline pipeline -> {
                Slot value = pipeline(dot, pipeline);
                yield value.value() instanceof Value.Nil ? Slot.NOTHING : value;
            }
            case Node.Identifier identifier -> identifier(dot, identifier, identifier, List.of(identifier), Slot.ABSENT);
            case Node.Field field -> field(dot, field, List.of(), Slot.ABSENT);
            case Node.Variable variable -> variable(dot, variable, List.of(), Slot.ABSENT);
            case Node.Chain inner -> chain(dot, inner, List.of(), Slot.ABSENT);
            case Node.Literal literal -> literal(dot, literal);
        };
        return fields.chain(dot, base, chain, chain.fields(), operands, piped);
    }

    private Slot variable(Slot dot, Node.Variable variable, List<Node.Operand> operands, Slot piped) {
        at(variable);
        Slot value = variables.get(find(variable.name()));
        if (variable.fields().isEmpty()) {
            refuseArguments(operands, piped);
            return value;
        }
        return fields.chain(dot, value, variable, variable.fields(), operands, piped);
    }

    private Slot identifier(Slot dot, Node.Identifier identifier, Node place, List<Node.Operand> operands, Slot piped) {
        at(identifier);
        Function function = evaluator.function(identifier.name());
        if (function == null) {
            throw error(GoQuote.quote(identifier.name()) + " is not a defined function");
        }
        return call(dot, function, place, operands, piped);
    }

    /** Calls a function or method; {@code operands} begins with its own name, or is empty. */
    Slot call(Slot dot, Function function, Node place, List<Node.Operand> operands, Slot piped) {
        List<Node.Operand> given = operands.isEmpty() ? operands : operands.subList(1, operands.size());
        int count = given.size() + (piped == Slot.ABSENT ? 0 : 1);
        if (function.variadic() ? count < function.fixed() : count != function.fixed()) {
            throw error("wrong number of args for " + function.name() + ": want " + (function.variadic() ? "at least " : "")
                    + function.fixed() + " got " + (function.variadic() ? given.size() : count));
        }
        if (function == Builtins.AND || function == Builtins.OR) {
            return shortCircuit(dot, function == Builtins.OR, given, piped);
        }
        List<Value> values = new ArrayList<>(count);
        for (Node.Operand operand : given) {
            values.add(argument(dot, function.parameter(values.size()), operand));
        }
        if (piped != Slot.ABSENT) {
            values.add(convert(piped, function.parameter(values.size())));
        }
        try {
            if (function == Builtins.CALL) {
                throw Builtins.notCallable(given.isEmpty() ? "value" : given.getFirst().toString(), values.getFirst());
            }
            Value result = function.body().call(new Arguments(values, evaluator::executeNested));
            return new Slot(result, result.equals(Value.NIL));
        } catch (FunctionException e) {
            at(place);
            throw error("error calling " + function.name() + ": " + e.getMessage());
        }
    }

    private Slot shortCircuit(Slot dot, boolean stopAt, List<Node.Operand> given, Slot piped) {
        Value value = Value.NOTHING;
        for (Node.Operand operand : given) {
            value = argument(dot, Type.Basic.RAW, operand);
            if (value.isTrue() == stopAt) {
                return new Slot(value, true);
            }
        }
        return piped == Slot.ABSENT ? new Slot(value, true) : piped;
    }

    private Value argument(Slot dot, Type type, Node.Operand operand) {
        at(operand);
        return switch (operand) {
            case Node.Dot ignored -> convert(dot, type);
            case Node.Nil ignored -> {
                if (!type.canBeNil()) {
                    throw error("cannot assign nil to " + type.goName());
                }
                yield type.zero();
            }
            case Node.Field field -> convert(field(dot, field, List.of(field), Slot.ABSENT), type);
            case Node.Variable variable -> convert(variable(dot, variable, List.of(), Slot.ABSENT), type);
            case Node.Pipeline pipeline -> convert(pipeline(dot, pipeline), type);
            case Node.Identifier identifier ->
                convert(identifier(dot, identifier, identifier, List.of(), Slot.ABSENT), type);
            case Node.Chain chain -> convert(chain(dot, chain, List.of(), Slot.ABSENT), type);
            case Node.Bool bool -> constant(bool, type, bool, null, null);
            case Node.StringLiteral text -> constant(text, type, null, text, null);
            case Node.Number number -> constant(number, type, null, null, number);
        };
    }

    /** A literal given to a parameter takes the parameter's type, if it can. Exactly one of the last three is not null. */
    private Value constant(Node.Literal literal, Type type, Node.Bool bool, Node.StringLiteral text, Node.Number number) {
        if (!(type instanceof Type.Basic basic)) {
            throw error("can't handle " + literal + " for arg of type " + type.goName());
        }
        return switch (basic) {
            case ANY, RAW -> literal(Slot.NOTHING, literal).value();
            case BOOL -> bool != null ? Value.bool(bool.value()) : fail("expected bool; found " + literal);
            case STRING -> text != null ? Value.text(text.text()) : fail("expected string; found " + literal);
            case INT, INT64 -> number != null && number.literal().integer().isPresent()
                    ? new Value.Int(basic, number.literal().integer().get()) : fail("expected integer; found " + literal);
            case UINT8, UINT, UINT32, UINT64 -> number != null && number.literal().unsigned().isPresent()
                    ? new Value.Int(basic, number.literal().unsigned().get())
                    : fail("expected unsigned integer; found " + literal);
            case FLOAT64 -> number != null && number.literal().real().isPresent()
                    ? Value.real(number.literal().real().getAsDouble()) : fail("expected float; found " + literal);
            case COMPLEX128 -> number != null && number.literal().complex().isPresent()
                    ? number.literal().complex().get() : fail("expected complex; found " + literal);
        };
    }

    private Value fail(String message) {
        throw error(message);
    }

    /** The value as an argument of this type. */
    private Value convert(Slot slot, Type type) {
        Value value = slot.value();
        if (value == Value.NOTHING) {
            if (!type.canBeNil()) {
                throw error("invalid value; expected " + type.goName());
            }
            return type.zero();
        }
        if (type == Type.Basic.RAW || type == Type.Basic.ANY || value.type().equals(type)) {
            return value;
        }
        throw error("wrong type for value; expected " + type.goName() + "; got " + value.type().goName());
    }
}
