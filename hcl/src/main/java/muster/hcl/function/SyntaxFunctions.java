package muster.hcl.function;

import java.util.List;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.Diagnostic;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Expression;
import muster.hcl.Function;
import muster.hcl.FunctionException;
import muster.hcl.Scope;
import muster.hcl.Type;
import muster.hcl.TypeExpression;
import muster.hcl.Value;

/** Functions that look at their arguments before they have a value: {@code try}, {@code can}, {@code convert}. */
final class SyntaxFunctions {
    private SyntaxFunctions() {}

    static void define(Definitions definitions) {
        definitions.add("try", new Function.OfSyntax(1, SyntaxFunctions::tryEach));
        definitions.add("can", new Function.OfSyntax(1, SyntaxFunctions::can));
        definitions.add("convert", new Function.OfSyntax(2, SyntaxFunctions::convert));
    }

    private static Value tryEach(List<Expression> arguments, Scope scope, Evaluator evaluator) throws FunctionException {
        StringBuilder reasons = new StringBuilder();
        for (Expression argument : arguments) {
            Diagnostics diagnostics = new Diagnostics();
            Value value = evaluator.reportingTo(diagnostics).evaluate(argument, scope);
            if (!diagnostics.hasErrors()) {
                return value;
            }
            for (Diagnostic diagnostic : diagnostics.all()) {
                reasons.append("\n- ").append(diagnostic.summary()).append(" (at ")
                        .append(diagnostic.subject().map(Object::toString).orElse("unknown"))
                        .append("): ").append(diagnostic.detail());
            }
        }
        throw new FunctionException("no expression succeeded:" + reasons
                + "\n\nAt least one expression must produce a successful result");
    }

    private static Value can(List<Expression> arguments, Scope scope, Evaluator evaluator) throws FunctionException {
        if (arguments.size() != 1) {
            throw new FunctionException("expects only 1 argument");
        }
        Diagnostics diagnostics = new Diagnostics();
        evaluator.reportingTo(diagnostics).evaluate(arguments.getFirst(), scope);
        return Value.bool(!diagnostics.hasErrors());
    }

    private static Value convert(List<Expression> arguments, Scope scope, Evaluator evaluator) throws FunctionException {
        if (arguments.size() != 2) {
            throw new FunctionException("expects a value and a type");
        }
        Diagnostics diagnostics = new Diagnostics();
        Type type = TypeExpression.parse(arguments.get(1), diagnostics);
        Value value = evaluator.reportingTo(diagnostics).evaluate(arguments.get(0), scope);
        if (diagnostics.hasErrors()) {
            throw new FunctionException(diagnostics.all().getFirst().detail().replaceAll("\\.$", ""));
        }
        try {
            return Conversion.convert(value, type);
        } catch (ConversionException e) {
            throw new FunctionException(e.getMessage());
        }
    }
}
