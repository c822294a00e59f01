using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Engine.Samples.Options;

/// <summary>
/// The command line of a program, or of one verb of it: declared once, for System.CommandLine to parse and to explain. What is wrong
/// with one is told in one sentence, which also says what would be right.
/// </summary>
public sealed class OptionSet
{
    private const int HelpWidth = 130;

    /// <summary>A misspelt option is close to the one that was meant.</summary>
    private const int CloseEnough = 3;

    /// <summary>An argument is what it says: no file of arguments behind an @, no letters that are several options.</summary>
    private static readonly ParserConfiguration s_literal = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private readonly Command _command;
    private readonly Func<string> _notes;
    private readonly bool _lastCounts;
    private readonly HelpOption _help = new("--help", "-h", "-?") { Description = "this page", Action = new HelpAction { MaxWidth = HelpWidth } };
    private readonly HashSet<Option> _lists = [];
    private readonly Dictionary<Argument, string> _required = [];

    /// <summary>With its help option, which is the last of the page.</summary>
    private readonly Lazy<Command> _complete;

    /// <param name="name">How the program or the verb is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="notes">What its help page says below the options; asked for only when that is shown.</param>
    /// <param name="lastCounts">Whether an option that is given twice is what it was last, rather than wrong.</param>
    public OptionSet(string name, string description, Func<string> notes, bool lastCounts = false)
    {
        _command = new Command(name, description);
        _notes = notes;
        _lastCounts = lastCounts;
        _complete = new Lazy<Command>(() =>
        {
            _command.Add(_help);
            return _command;
        });
    }

    /// <summary>The page of --help.</summary>
    public string Help
    {
        get
        {
            using var page = new StringWriter { NewLine = "\n" };
            _ = _complete.Value.Parse([_help.Name], s_literal).Invoke(new InvocationConfiguration { Output = page });
            return $"{page.ToString().TrimEnd()}\n\n{_notes()}";
        }
    }

    /// <summary>An option that is there or not.</summary>
    public Option<bool> Switch(string option, string text)
        => Add(new Option<bool>(option) { Description = text, Arity = ArgumentArity.Zero });

    /// <summary>An option with a value.</summary>
    /// <param name="option">With its dashes.</param>
    /// <param name="value">The placeholder of its value.</param>
    /// <param name="text">What the help page says of it, its default included.</param>
    /// <param name="read">Makes the value of what was written; what cannot be one is a <see cref="UsageException"/>.</param>
    public Option<T?> Value<T>(string option, string value, string text, Func<string, T> read)
        => Add<T?>(option, value, text, result => ValuesOf(result, option, value, read).LastOrDefault());

    /// <summary>One whose value may be any text.</summary>
    public Option<string?> Text(string option, string value, string text) => Value(option, value, text, static written => written);

    /// <summary>A whole number within limits.</summary>
    public Option<int?> Number(string option, string value, string text, int least, int most, string kind = "a number")
        => Value<int?>(option, value, text, written => int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least
            && number <= most
                ? number
                : throw new UsageException($"{option}: '{written}' is not {kind} from {least} to {most}"));

    /// <summary>An option that may be given several times, each time with one value.</summary>
    public Option<IReadOnlyList<T>?> List<T>(string option, string value, string text, Func<string, T> read)
    {
        Option<IReadOnlyList<T>?> list = Add<IReadOnlyList<T>?>(option, value, text, result => ValuesOf(result, option, value, read));
        _ = _lists.Add(list);
        return list;
    }

    /// <summary>What stands without an option before it, once.</summary>
    /// <param name="value">Its placeholder.</param>
    /// <param name="text">What the help page says of it.</param>
    /// <param name="missing">What is said when it is not there.</param>
    public Argument<string> Argument(string value, string text, string missing) => Add(new Argument<string>(value) { Description = text }, missing);

    /// <summary>The same, once or more.</summary>
    public Argument<string[]> Arguments(string value, string text, string missing)
        => Add(new Argument<string[]>(value) { Description = text, Arity = ArgumentArity.OneOrMore }, missing);

    /// <summary>Takes a command line apart.</summary>
    /// <exception cref="UsageException">It is wrong. One that asks for help never is.</exception>
    public ParseResult Parse(IReadOnlyList<string> arguments)
    {
        ParseResult said = _complete.Value.Parse(arguments, s_literal);
        if (AsksForHelp(said))
        {
            // Nothing else counts: values that are wrong must not be asked for.
            return _complete.Value.Parse([_help.Name], s_literal);
        }

        string? wrong = WrongValue(arguments) ?? Unknown(said) ?? WrongCount(said) ?? said.Errors.Select(static error => error.Message).FirstOrDefault();
        return wrong is null ? said : throw new UsageException(wrong);
    }

    /// <summary>Whether a command line asks for the help page.</summary>
    public bool AsksForHelp(ParseResult said) => IsGiven(said, _help);

    /// <summary>Whether an option was written, with whatever value.</summary>
    public static bool IsGiven(ParseResult said, Option option) => said.GetResult(option) is { Implicit: false };

    private static List<T> ValuesOf<T>(ArgumentResult result, string option, string value, Func<string, T> read)
    {
        var values = new List<T>();
        foreach (Token token in result.Tokens)
        {
            try
            {
                values.Add(token.Value.Length > 0 && !token.Value.StartsWith("--", StringComparison.Ordinal)
                    ? read(token.Value)
                    : throw new UsageException(Missing(option, value)));
            }
            catch (UsageException wrong)
            {
                result.AddError(wrong.Message);
            }
        }

        return values;
    }

    private static string Missing(string option, string? value) => $"{option} needs a value; write {option} {value}";

    private Option<T> Add<T>(string option, string value, string text, Func<ArgumentResult, T> parse)
        => Add(new Option<T>(option) { HelpName = value, Description = text, Arity = ArgumentArity.OneOrMore, CustomParser = parse });

    private Option<T> Add<T>(Option<T> option)
    {
        _command.Add(option);
        return option;
    }

    private Argument<T> Add<T>(Argument<T> argument, string missing)
    {
        _command.Add(argument);
        _required.Add(argument, missing);
        return argument;
    }

    /// <summary>--switch=value, and --option= with nothing behind it, for which the next argument would be taken.</summary>
    private string? WrongValue(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            int end = argument.AsSpan().IndexOfAny('=', ':');
            Option? option = end < 0 ? null : _command.Options.FirstOrDefault(option => option.Name == argument[..end]);
            if (option is not null && option.Arity.MaximumNumberOfValues == 0)
            {
                return $"{option.Name} takes no value; write {option.Name} alone";
            }

            if (option is not null && end == argument.Length - 1)
            {
                return Missing(option.Name, option.HelpName);
            }
        }

        return null;
    }

    private string? Unknown(ParseResult said)
    {
        string[] free = [.. said.CommandResult.Tokens.Select(static token => token.Value), .. said.UnmatchedTokens];
        if (Array.Find(free, static argument => argument is ['-', _, ..]) is { } dashed)
        {
            string unknown = dashed.Split('=')[0];
            string closest = _command.Options.Select(static option => option.Name).MinBy(known => Distance(known, unknown))!;
            return Distance(closest, unknown) <= CloseEnough
                ? $"unknown option {unknown}; did you mean {closest}?"
                : $"unknown option {unknown}; --help lists the options";
        }

        return said.UnmatchedTokens is not [string surplus, ..] ? null
            : _command.Arguments is [.., Argument last] ? $"'{surplus}' is one {last.Name.ToLowerInvariant()} too many; options begin with --"
            : $"'{surplus}' is not an option; options begin with --, and --help lists them";
    }

    private string? WrongCount(ParseResult said)
    {
        foreach ((Argument argument, string missing) in _required)
        {
            if (said.GetResult(argument)?.Tokens is not { Count: > 0 } tokens || tokens.Any(static token => token.Value.Length == 0))
            {
                return missing;
            }
        }

        foreach (OptionResult given in _command.Options.Select(said.GetResult).OfType<OptionResult>())
        {
            Option option = given.Option;
            if (option.Arity.MaximumNumberOfValues > 0 && given.Tokens.Count < given.IdentifierTokenCount)
            {
                return Missing(option.Name, option.HelpName);
            }

            if (given.IdentifierTokenCount > 1 && !_lastCounts && !_lists.Contains(option))
            {
                return $"{option.Name} is given twice";
            }
        }

        return null;
    }

    /// <summary>Insertions, deletions and replacements between two words (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
