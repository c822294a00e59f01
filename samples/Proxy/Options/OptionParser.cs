namespace Proxy;

/// <summary>Turns the command line into <see cref="ProxyOptions"/>, or into one sentence that says what is wrong.</summary>
internal static class OptionParser
{
    /// <summary>A misspelt option is close to the one that was meant.</summary>
    private const int CloseEnough = 3;

    public static ProxyOptions Parse(ReadOnlySpan<string> arguments)
    {
        ProxyOptions options = new();
        HashSet<string> seen = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            (string name, string? value) = Split(arguments[i]);
            OptionDefinition definition = Find(name);
            if (!seen.Add(name) && name != "--backend")
            {
                throw new UsageException($"{name} is given twice; only --backend may be repeated");
            }

            if (definition.Value is null && value is not null)
            {
                throw new UsageException($"{name} takes no value; write {name} alone");
            }

            if (definition.Value is not null && value is null)
            {
                value = ++i < arguments.Length && !arguments[i].StartsWith("--", StringComparison.Ordinal)
                    ? arguments[i]
                    : throw new UsageException($"{name} needs a value; write {name} {definition.Value}");
            }

            definition.Apply(options, name, value ?? string.Empty);
        }

        return options.Help ? options : Check(options);
    }

    private static ProxyOptions Check(ProxyOptions options)
    {
        if (options.Listen is null && options.Backends.Count > 0)
        {
            throw new UsageException("--backend without --listen; add --listen HOST:PORT (or neither, for the demonstration)");
        }

        if (options.Listen is not null && options.Backends.Count == 0)
        {
            throw new UsageException("--listen without --backend; add --backend HOST:PORT (or neither, for the demonstration)");
        }

        return options;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        int equals = argument.IndexOf('=');
        return argument.StartsWith("--", StringComparison.Ordinal) && equals > 0
            ? (argument[..equals], argument[(equals + 1)..])
            : (argument, null);
    }

    private static OptionDefinition Find(string name)
    {
        foreach (OptionDefinition definition in OptionDefinition.All)
        {
            if (definition.Name == name)
            {
                return definition;
            }
        }

        if (name is "-h" or "-?")
        {
            return Find("--help");
        }

        if (!name.StartsWith('-'))
        {
            throw new UsageException($"'{name}' is not an option; options begin with --, and --help lists them");
        }

        OptionDefinition closest = OptionDefinition.All.MinBy(definition => Distance(definition.Name, name))!;
        throw new UsageException(Distance(closest.Name, name) <= CloseEnough
            ? $"unknown option {name}; did you mean {closest.Name}?"
            : $"unknown option {name}; --help lists the options");
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
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
