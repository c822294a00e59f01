using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>An assertion that allocates nothing when it holds, for work whose allocations are measured.</summary>
internal static class Must
{
    public static void Hold(bool truth)
    {
        if (!truth)
        {
            Assert.Fail("What is measured did not happen.");
        }
    }
}
