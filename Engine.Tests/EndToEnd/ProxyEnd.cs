using NUnit.Framework;

namespace Engine.Mbufs.Tests.EndToEnd;

/// <summary>How a proxy ended, and all that it wrote.</summary>
internal sealed record ProxyEnd(int ExitCode, string Output, string[] Errors)
{
    /// <summary>
    /// Checks what holds for every good run: exit code 0, nothing on standard error but where it listened, one line of JSON,
    /// nothing live, nothing allocated, nothing collected.
    /// </summary>
    public ProxyFigures IsGood()
    {
        Assert.That(ExitCode, Is.Zero, string.Join('\n', Errors));
        Assert.That(Errors, Has.Length.EqualTo(1).And.All.StartsWith("listening "));
        Assert.That(Output, Does.Match(@"\A\{[^\n]*\}\n\z"), "Exactly one line.");
        ProxyFigures figures = ProxyFigures.Parse(Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures.Seconds, Is.GreaterThan(0));
            Assert.That(figures.LiveMbufs, Is.Zero, "live");
            Assert.That(figures.WorkerManagedBytes, Is.Zero, "allocated");
            Assert.That(figures.GcCollections, Is.Zero, "collected");
        }

        return figures;
    }

    /// <summary>Checks what holds for every run that does not begin: a code, one clear line, and no report.</summary>
    public void IsComplaint(int code, string about)
    {
        Assert.That(Errors, Has.Length.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ExitCode, Is.EqualTo(code));
            Assert.That(Output, Is.Empty);
            Assert.That(Errors[0], Does.StartWith("proxy: ").And.Contain(about).And.Length.LessThan(200));
            Assert.That(Errors[0], Does.Not.Contain("Exception"));
        }
    }
}
