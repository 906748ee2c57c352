package muster.hcl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Function calls: finds the function, fits the arguments to its parameters, and blames the right place for failures. */
final class CallEvaluation {
    private final Evaluator evaluator;
    private final Diagnostics diagnostics;

    /** An argument's value with the expression to blame for it. */
    private record Argument(Value value, Expression source) {}

    CallEvaluation(Evaluator evaluator, Diagnostics diagnostics) {
        this.evaluator = evaluator;
        this.diagnostics = diagnostics;
    }

    Value call(Expression.Call call, Scope scope) {
        Optional<Function> function = scope.function(call.name());
        if (function.isEmpty()) {
            if (scope.functionNames().isEmpty()) {
                diagnostics.error("Function calls not allowed", "Functions may not be called here.", call.range());
            } else {
                diagnostics.error(
                        "Call to unknown function",
                        "There is no function named \"" + call.name() + "\"."
                                + NameSuggestion.sentence(call.name(), scope.functionNames()),
                        call.nameRange());
            }
            return Value.unknown();
        }
        try {
            return switch (function.get()) {
                case Function.OfSyntax syntax -> {
                    if (call.arguments().size() < syntax.fewest()) {
                        throw new FunctionException("at least " + syntax.fewest() + " argument(s) required");
                    }
                    yield syntax.operation().apply(call.arguments(), scope, evaluator);
                }
                case Function.OfValues values -> apply(call, values, scope);
            };
        } catch (FunctionException e) {
            diagnostics.add(Diagnostic.error(
                    "Error in function call",
                    "Call to function \"" + call.name() + "\" failed: " + e.getMessage() + ".",
                    call.startRange(),
                    call.range()));
            return Value.unknown();
        }
    }

    private Value apply(Expression.Call call, Function.OfValues function, Scope scope) throws FunctionException {
        int before = diagnostics.size();
        List<Argument> given = new ArrayList<>();
        for (Expression argument : call.arguments()) {
            given.add(new Argument(evaluator.evaluate(argument, scope), argument));
        }
        if (call.expandsLast() && !expand(given)) {
            return Value.unknown();
        }
        if (!count(call, function, given)) {
            return Value.unknown();
        }
        List<Value> arguments = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            fit(given.get(i), parameter(function, i)).ifPresent(arguments::add);
        }
        if (diagnostics.hasErrorsSince(before) || !arguments.stream().allMatch(Value::isWhollyKnown)) {
            return Value.unknown();
        }
        try {
            return function.operation().apply(arguments);
        } catch (FunctionException e) {
            if (e.argument() < 0 || e.argument() >= given.size()) {
                throw e;
            }
            invalid(given.get(e.argument()), parameter(function, e.argument()), e.getMessage());
            return Value.unknown();
        }
    }

    private boolean expand(List<Argument> given) {
        Argument last = given.removeLast();
        switch (last.value) {
            case Value.Sequence sequence -> {
                sequence.items().forEach(item -> given.add(new Argument(item, last.source)));
                return true;
            }
            case Value.Unknown _ -> {
                return false;
            }
            case Value.Null _ ->
                diagnostics.error(
                        "Invalid expanding argument value",
                        "The expanding argument (indicated by ...) must not be null.",
                        last.source.range());
            case Value.Text _, Value.Number _, Value.Bool _, Value.Mapping _ ->
                diagnostics.error(
                        "Invalid expanding argument value",
                        "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
                        last.source.range());
        }
        return false;
    }

    private boolean count(Expression.Call call, Function.OfValues function, List<Argument> given) {
        int wanted = function.parameters().size();
        if (given.size() < wanted) {
            diagnostics.add(Diagnostic.error(
                    "Not enough function arguments",
                    "Function \"" + call.name() + "\" expects" + (function.rest().isPresent() ? " at least " : " ") + wanted
                            + " argument(s). Missing value for \"" + function.parameters().get(given.size()).name() + "\".",
                    call.closeRange(),
                    call.range()));
            return false;
        }
        if (function.rest().isEmpty() && given.size() > wanted) {
            diagnostics.add(Diagnostic.error(
                    "Too many function arguments",
                    "Function \"" + call.name() + "\" expects only " + wanted + " argument(s).",
                    SourceRange.between(
                            given.get(wanted).source.startRange(), given.getLast().source.range()),
                    call.range()));
            return false;
        }
        return true;
    }

    private static Function.Parameter parameter(Function.OfValues function, int i) {
        return i < function.parameters().size()
                ? function.parameters().get(i)
                : function.rest().orElseThrow();
    }

    private Optional<Value> fit(Argument argument, Function.Parameter parameter) {
        if (argument.value.isNull() && !parameter.allowsNull()) {
            invalid(argument, parameter, "argument must not be null");
            return Optional.empty();
        }
        try {
            return Optional.of(Conversion.convert(argument.value, parameter.type()));
        } catch (ConversionException e) {
            invalid(argument, parameter, e.getMessage());
            return Optional.empty();
        }
    }

    private void invalid(Argument argument, Function.Parameter parameter, String reason) {
        diagnostics.error(
                "Invalid function argument",
                "Invalid value for \"" + parameter.name() + "\" parameter: " + reason + ".",
                argument.source.startRange());
    }
}
