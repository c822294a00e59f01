using NUnit.Framework;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>
/// The engine against the reference implementation: traces of operations, and what the reference printed after each of them. Those of
/// the repository run always, those of the folders in the variable ENGINE_TRACES with them.
/// </summary>
[Category("Conformance")]
[TestFixture(false)]
[TestFixture(true)]
public sealed class ConformanceTests(bool isChecked)
{
    [TestCaseSource(typeof(TraceCases), nameof(TraceCases.All))]
    public void A_trace_gives_the_results_of_the_reference(TraceCase trace)
    {
        if (trace.Problem is not null)
        {
            Assert.Fail(trace.Problem);
        }

        if (TraceRunner.Run(TraceFile.Load(trace.Path!), isChecked) is { } failure)
        {
            Assert.Fail(failure.ToString());
        }
    }
}
