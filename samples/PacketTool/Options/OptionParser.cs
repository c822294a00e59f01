namespace PacketTool;

/// <summary>Turns the command line into <see cref="ToolOptions"/>, or into one sentence that says what is wrong.</summary>
internal static class OptionParser
{
    /// <summary>A misspelt option is close to the one that was meant.</summary>
    private const int CloseEnough = 3;

    public static ToolOptions Parse(ReadOnlySpan<string> arguments)
    {
        ToolOptions options = new();
        HashSet<string> seen = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == ToolOptions.StandardInput || !arguments[i].StartsWith('-'))
            {
                options.Input = options.Input is null && arguments[i].Length > 0
                    ? arguments[i]
                    : throw new UsageException($"'{arguments[i]}' is one capture too many; options begin with --");
                continue;
            }

            (string name, string? value) = Split(arguments[i]);
            OptionDefinition definition = Find(name);
            if (!seen.Add(definition.Name))
            {
                throw new UsageException($"{name} is given twice");
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

    private static ToolOptions Check(ToolOptions options)
    {
        if (options.Input is null)
        {
            throw new UsageException("which capture? write PacketTool CAPTURE [options], or --help");
        }

        if (options.Output is null && options.Change is { } change)
        {
            throw new UsageException($"{change} changes packets, and there is no --output; add --output FILE");
        }

        if (options.StripLink && options.AddVlan is not null)
        {
            throw new UsageException("--strip-link leaves no header that --add-vlan could put a tag into; choose one of them");
        }

        if (options.Output is not null && options.Input != ToolOptions.StandardInput
            && Path.GetFullPath(options.Output) == Path.GetFullPath(options.Input))
        {
            throw new UsageException($"--output: '{options.Output}' is the capture that is read; write another file");
        }

        options.Verify |= options.Output is null;
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
        OptionDefinition[] all = [.. OptionDefinition.All];
        string sought = name is "-h" or "-?" ? "--help" : name;
        if (Array.Find(all, definition => definition.Name == sought) is { } found)
        {
            return found;
        }

        OptionDefinition closest = all.MinBy(definition => Distance(definition.Name, name))!;
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
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
