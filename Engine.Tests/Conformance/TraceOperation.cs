namespace Engine.Mbufs.Tests.Conformance;

/// <summary>What carries out one operation of a trace: reads its arguments from the step, and writes its result there.</summary>
internal delegate void TraceOperation(TraceStep step, in MbufScope mbufs);
