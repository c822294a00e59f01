using System.Globalization;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>How a run of the packet tool ended, and what it said.</summary>
internal sealed record ToolEnd(int ExitCode, string Output, string Errors)
{
    /// <summary>Where the name of a row of its tables ends.</summary>
    private const int NameWidth = 18;

    /// <summary>It did what it was asked to, and complains of nothing.</summary>
    public ToolEnd IsGood()
    {
        Assert.That(Errors, Is.Empty);
        Assert.That(ExitCode, Is.Zero);
        return this;
    }

    /// <summary>It complains in one line, which is about something.</summary>
    public void IsComplaint(int exitCode, string about)
    {
        Assert.That(ExitCode, Is.EqualTo(exitCode), Errors);
        Assert.That(Errors, Does.StartWith("packettool: ").And.Contains(about));
        Assert.That(Errors.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), "One line.");
    }

    /// <summary>The numbers of a row; none if there is no such row.</summary>
    public long[] Row(string name) => Output.Split('\n')
        .Where(line => line.Length > NameWidth && line[..NameWidth].TrimEnd() == name)
        .Select(static line => Array.ConvertAll(
            line[NameWidth..].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            static number => long.Parse(number, CultureInfo.InvariantCulture)))
        .SingleOrDefault([]);
}
